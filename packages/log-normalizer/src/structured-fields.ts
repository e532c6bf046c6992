import { commonFields } from './common-fields.ts'
import type { Draft, Json } from './draft.ts'
import type { FieldSetter } from './ecs-fields.ts'
import type { Line } from './line-format.ts'
import { logLevel } from './log-level.ts'
import type { JsonObject } from './parse-object.ts'

/** Objects deeper than this stay JSON text. */
const depthMax = 8

/** The known fields as a tree of names, so that a nested field is found without its dotted name being made. */
interface FieldNode {
  setter: FieldSetter | undefined
  readonly nested: Map<string, FieldNode>
}

const root: FieldNode = { setter: undefined, nested: new Map() }
for (const [name, setter] of commonFields) {
  let node = root
  for (const part of name.split('.')) {
    const next = node.nested.get(part) ?? { setter: undefined, nested: new Map<string, FieldNode>() }
    node.nested.set(part, next)
    node = next
  }
  node.setter = setter
}

/** Takes up the fields of a structured line: those that ECS or custom has a place for go there, the rest become labels. */
export function takeFields(line: Line, draft: Draft, fields: JsonObject): void {
  for (const name in fields) {
    const value = fields[name] as Json
    const node = root.nested.get(name)
    if (take(line, draft, name, value, node, name.includes('.'))) continue
    if (name === 'name' && draft.logger === undefined && typeof value === 'string' && namesLogger(fields)) draft.logger = value
    else takeOther(line, draft, name, value, node, 1, name.includes('.'))
  }
}

/** `name` is the logger's where pino (numeric levels), bunyan or Python wrote the line; elsewhere it may name anything. */
function namesLogger(fields: JsonObject): boolean {
  return typeof fields['levelname'] === 'string' || (typeof fields['level'] === 'number' && logLevel(fields['level']) !== undefined)
}

/** A name that has dots itself is looked up by the whole path. */
function take(line: Line, draft: Draft, path: string, value: Json, node: FieldNode | undefined, dotted: boolean): boolean {
  const setter = node !== undefined ? node.setter : dotted ? commonFields.get(path) : undefined
  return setter !== undefined && setter(draft, value, line)
}

function takeOther(line: Line, draft: Draft, path: string, value: Json, node: FieldNode | undefined, depth: number, dotted = false): void {
  if (value === null || typeof value !== 'object' || Array.isArray(value) || depth >= depthMax || isEmpty(value)) {
    draft.label(labelName(path), value)
    return
  }
  for (const name of Object.keys(value)) {
    const inner = (value as JsonObject)[name] as Json
    const nested = `${path}.${name}`
    const innerNode = node?.nested.get(name)
    const innerDotted = dotted || name.includes('.')
    if (!take(line, draft, nested, inner, innerNode, innerDotted)) takeOther(line, draft, nested, inner, innerNode, depth + 1, innerDotted)
  }
}

/** Labels that the program itself calls labels keep their names. */
function labelName(path: string): string {
  if (path.startsWith('labels.') || path.startsWith('labels_')) return path.slice(7)
  return path.startsWith('numeric_labels.') ? path.slice(15) : path
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false
  return true
}
