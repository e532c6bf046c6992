import { InvalidResourceError } from '../errors.ts'
import type { JsonValue } from '../resources.ts'

/** Bounds of a resource. */
export const resourceLimits: { readonly idCharsMax: number; readonly valueBytesMax: number } = {
  idCharsMax: 512,
  valueBytesMax: 2 * 1024 * 1024,
}

/** Throws `InvalidResourceError`. */
export function assertResourceName(kind: string, id?: string): void {
  if (!/^[a-zA-Z0-9_.-]{1,128}$/.test(kind)) {
    throw new InvalidResourceError(
      `"${kind.slice(0, 200)}" is not a kind of resources: it must have 1 to 128 letters, digits, and any of "_.-".`,
    )
  }
  if (id === undefined || (id.length >= 1 && id.length <= resourceLimits.idCharsMax)) return
  throw new InvalidResourceError(
    `The id of a resource has 1 to ${resourceLimits.idCharsMax} characters; "${id.slice(0, 50)}" has ${id.length}.`,
  )
}

/** The value as JSON text. Throws `InvalidResourceError`. */
export function resourceJson(kind: string, id: string, value: JsonValue): string {
  assertResourceName(kind, id)
  const json = JSON.stringify(value) as string | undefined
  if (json === undefined) throw new InvalidResourceError(`The resource "${id}" of kind "${kind}" has no value.`)
  const bytes = Buffer.byteLength(json)
  if (bytes <= resourceLimits.valueBytesMax) return json
  throw new InvalidResourceError(
    `The resource "${id}" of kind "${kind}" has ${bytes} bytes; ${resourceLimits.valueBytesMax} are possible at most.`,
  )
}
