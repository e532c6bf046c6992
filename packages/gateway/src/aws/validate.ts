import { InvalidParameterValueException } from '@millrace/function'
import { blobLength } from './blob.ts'
import { SerializationException, ValidationException } from './model-error.ts'
import { matchesPattern } from './pattern.ts'
import type { Shape, StringShape, StructureShape } from './shape.ts'

const violationsMax = 20

/**
 * Checks a request against its shape and answers what of it the shape knows: members that it does not know, and those that are null, count as not there, as
 * AWS has it. Throws `SerializationException` for a value of another type, `InvalidParameterValueException` for a member that is refused, else
 * `ValidationException` that names every violation in AWS's words.
 */
export function validate<Input>(shape: StructureShape, request: unknown): Input {
  const violations: string[] = []
  const input = visit(shape, request, '', violations)
  if (violations.length > 0) {
    const shown = violations.slice(0, violationsMax)
    throw new ValidationException(
      `${violations.length} validation error${violations.length === 1 ? '' : 's'} detected: ${shown.join('; ')}`,
    )
  }
  return input as Input
}

/** For a member that is required in some requests of a shape. */
export function memberMissing(path: string): ValidationException {
  return new ValidationException(`1 validation error detected: ${violation(null, path, 'Member must not be null')}`)
}

/** For one that is too long by what the service was set to. */
export function blobTooLong(path: string, max: number): string {
  return `Value at '${path}' failed to satisfy constraint: Member must have length less than or equal to ${max}`
}

function visit(shape: Shape, value: unknown, path: string, violations: string[]): unknown {
  switch (shape.type) {
    case 'string':
      if (typeof value !== 'string') throw mismatch(value, 'a String', path)
      checkString(shape, value, path, violations)
      return value
    case 'integer':
      if (!Number.isSafeInteger(value)) throw mismatch(value, 'an Integer', path)
      checkRange(shape, value as number, 'value', value, path, violations)
      return value
    case 'timestamp':
      if (typeof value !== 'number') throw mismatch(value, 'a Timestamp (seconds since the epoch)', path)
      return value
    case 'boolean':
      if (typeof value !== 'boolean') throw mismatch(value, 'a Boolean', path)
      return value
    case 'list':
      if (!Array.isArray(value)) throw mismatch(value, 'a List', path)
      checkRange(shape, value.length, 'length', value, path, violations)
      return value.map((member: unknown, index) => visit(shape.member, member, `${path}.${index + 1}.member`, violations))
    case 'blob': {
      const length = blobLength(value)
      if (length === undefined) throw mismatch(value, 'a Blob', path)
      if (shape.max !== undefined && length > shape.max) violations.push(blobTooLong(path, shape.max))
      return value
    }
    case 'map':
    case 'document':
      if (!isObject(value)) throw mismatch(value, 'a Map', path)
      if (shape.type === 'document') return value
      checkRange(shape, Object.keys(value).length, 'length', value, path, violations)
      return Object.fromEntries(
        Object.entries(value).map(([key, entry]) => {
          checkString(shape.key, key, `${path}.key`, violations)
          return [key, visit(shape.value, entry, `${path}.${key}.member`, violations)]
        }),
      )
    case 'structure':
      if (!isObject(value)) throw mismatch(value, 'an Object', path)
      return structureMembers(shape, value, path, violations)
  }
}

function structureMembers(shape: StructureShape, value: Readonly<Record<string, unknown>>, path: string, violations: string[]): object {
  const members: Record<string, unknown> = {}
  for (const [name, reason] of Object.entries(shape.refused ?? {})) {
    if (Object.hasOwn(value, name) && !isEmpty(value[name])) throw new InvalidParameterValueException(reason)
  }
  for (const [name, member] of Object.entries(shape.members)) {
    const memberPath = `${path === '' ? '' : `${path}.`}${name.charAt(0).toLowerCase()}${name.slice(1)}`
    const given = Object.hasOwn(value, name) ? value[name] : undefined
    if (given !== undefined && given !== null) members[name] = visit(member, given, memberPath, violations)
    else if (shape.required?.includes(name) === true) violations.push(violation(null, memberPath, 'Member must not be null'))
  }
  return members
}

function checkString(shape: StringShape, value: string, path: string, violations: string[]): void {
  const length = checkRange(shape, lengthOf(value, shape), 'length', value, path, violations)
  if (shape.enum !== undefined && !shape.enum.includes(value)) {
    violations.push(violation(value, path, `Member must satisfy enum value set: [${shape.enum.join(', ')}]`))
  }
  // A pattern is not tried on text of any length.
  if (length && shape.pattern !== undefined && !matchesPattern(shape.pattern, value)) {
    violations.push(violation(value, path, `Member must satisfy regular expression pattern: ${shape.pattern}`))
  }
}

/** In characters of Unicode, as AWS counts: counted only where it matters. */
function lengthOf(value: string, { max = Number.POSITIVE_INFINITY }: StringShape): number {
  if (value.length <= max || value.length > 2 * max) return value.length
  let count = 0
  for (const _ of value) count++
  return count
}

function checkRange(
  { min, max }: { readonly min?: number; readonly max?: number },
  measure: number,
  what: 'value' | 'length',
  value: unknown,
  path: string,
  violations: string[],
): boolean {
  const relation = min !== undefined && measure < min ? `greater than or equal to ${min}` : `less than or equal to ${max}`
  const holds = (min === undefined || measure >= min) && (max === undefined || measure <= max)
  if (!holds) violations.push(violation(value, path, `Member must have ${what} ${relation}`))
  return holds
}

const shownMax = 256

function violation(value: unknown, path: string, constraint: string): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const shown = value === null ? 'null' : `'${text.length > shownMax ? `${text.slice(0, shownMax)}…` : text}'`
  return `Value ${shown} at '${path}' failed to satisfy constraint: ${constraint}`
}

function mismatch(value: unknown, expected: string, path: string): SerializationException {
  const kind = Array.isArray(value) ? 'LIST' : value === null ? 'NULL' : isObject(value) ? 'STRUCTURE' : typeof value
  return new SerializationException(`${kind.toUpperCase()}_VALUE can not be converted to ${expected}${path === '' ? '' : ` at '${path}'`}`)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Infrastructure tools send members that are not set as null, or empty. */
function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)
}
