import { statSync } from 'node:fs'
import { posix, resolve } from 'node:path'

/** Tried in this order, as Lambda does; TypeScript last. */
const handlerExtensions = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']

/** The handler string leads nowhere; `name` is the error type that Lambda answers. */
export class HandlerError extends Error {
  constructor(name: string, message: string) {
    super(message)
    this.name = name
  }
}

export interface ResolvedHandler {
  /** Absolute path of the module. */
  readonly file: string
  /** Names to follow from what the module exports. */
  readonly path: readonly string[]
}

/**
 * Finds the module of a handler string: `dir/file.export` or `dir/file.nested.export`. Throws `HandlerError`: `Runtime.MalformedHandlerName`,
 * `Runtime.ImportModuleError`.
 */
export function resolveHandler(
  directory: string,
  handler: string,
  isFile: (path: string) => boolean = (path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true,
): ResolvedHandler {
  if (handler.includes('..')) {
    throw new HandlerError('Runtime.MalformedHandlerName', `'${handler}' is not a valid handler name. Leave out "..".`)
  }
  const match = /^([^.]+)\.(.+)$/.exec(posix.basename(handler))
  if (match === null) {
    throw new HandlerError('Runtime.MalformedHandlerName', `'${handler}' is not a valid handler name. Use file.export, e.g. index.handler.`)
  }
  const module = posix.join(posix.dirname(handler), match[1] as string)
  const stem = resolve(directory, `./${module}`)
  const extension = handlerExtensions.find((extension) => isFile(stem + extension))
  if (extension === undefined) {
    throw new HandlerError(
      'Runtime.ImportModuleError',
      `Error: Cannot find module '${module}' (${directory} has none of ${handlerExtensions.map((extension) => module + extension).join(', ')})`,
    )
  }
  return { file: stem + extension, path: (match[2] as string).split('.') }
}

/** Follows the names. `exports` is what the module exports. Throws `HandlerError`: `Runtime.HandlerNotFound`. */
export function pickHandler(exports: unknown, path: readonly string[], handler: string): (...parameters: unknown[]) => unknown {
  let value: unknown = exports
  let owner: unknown
  for (const name of path) {
    owner = value
    value = value === undefined || value === null ? undefined : (value as Record<string, unknown>)[name]
  }
  if (value === undefined || value === null) {
    throw new HandlerError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`)
  }
  if (typeof value !== 'function') throw new HandlerError('Runtime.HandlerNotFound', `${handler} is not a function`)
  return (value as (...parameters: unknown[]) => unknown).bind(owner)
}
