import { commonFields } from './common-fields.ts'
import type { Draft, Json } from './draft.ts'
import type { Line } from './line-format.ts'
import { logLevel } from './log-level.ts'
import type { JsonObject } from './parse-object.ts'

/** Objects deeper than this stay JSON text. */
const depthMax = 8

/** Takes up the fields of a structured line: those that ECS or custom has a place for go there, the rest become labels. */
export function takeFields(line: Line, draft: Draft, fields: JsonObject): void {
  for (const name in fields) {
    const value = fields[name] as Json
    const setter = commonFields.get(name)
    if (setter !== undefined && setter(draft, value, line)) continue
    if (name === 'name' && draft.logger === undefined && typeof value === 'string' && namesLogger(fields)) draft.logger = value
    else if (name !== 'ecs.version') takeOther(line, draft, name, value, 1)
  }
}

/** `name` is the logger's where pino (numeric levels), bunyan or Python wrote the line; elsewhere it may name anything. */
function namesLogger(fields: JsonObject): boolean {
  return typeof fields['levelname'] === 'string' || (typeof fields['level'] === 'number' && logLevel(fields['level']) !== undefined)
}

function takeOther(line: Line, draft: Draft, path: string, value: Json, depth: number): void {
  if (value !== null && typeof value === 'object' && !Array.isArray(value) && depth < depthMax && !isEmpty(value)) {
    takeNested(line, draft, path, value as JsonObject, depth)
  } else draft.label(labelName(path), value)
}

function takeNested(line: Line, draft: Draft, path: string, object: JsonObject, depth: number): void {
  for (const name in object) {
    const nested = `${path}.${name}`
    const value = object[name] as Json
    const setter = commonFields.get(nested)
    if (setter !== undefined && setter(draft, value, line)) continue
    if (nested !== 'ecs.version') takeOther(line, draft, nested, value, depth + 1)
  }
}

/** Labels that the program itself calls labels keep their names. */
function labelName(path: string): string {
  return path.startsWith('labels.') || path.startsWith('labels_')
    ? path.slice(7)
    : path.startsWith('numeric_labels.')
      ? path.slice(15)
      : path
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false
  return true
}
