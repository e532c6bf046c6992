import { blobLength } from './blob.ts'
import { matchesPattern } from './pattern.ts'
import type { Shape, StringShape } from './shape.ts'

/**
 * Whether a value is as its shape has it, with no member that is null: then it may be used as it is. It says nothing of what is wrong, and costs a fraction
 * of `validate`, which does.
 */
export function conforms(shape: Shape, value: unknown): boolean {
  switch (shape.type) {
    case 'string':
      return typeof value === 'string' && stringConforms(shape, value)
    case 'integer':
      return Number.isSafeInteger(value) && within(shape, value as number)
    case 'timestamp':
      return typeof value === 'number'
    case 'boolean':
      return typeof value === 'boolean'
    case 'blob': {
      const length = blobLength(value)
      return length !== undefined && (shape.max === undefined || length <= shape.max)
    }
    case 'list':
      if (!Array.isArray(value) || !within(shape, value.length)) return false
      for (const member of value) if (!conforms(shape.member, member)) return false
      return true
    case 'structure': {
      if (!isObject(value) || shape.refused !== undefined) return false
      let required = 0
      for (const name in value) {
        const member = Object.hasOwn(shape.members, name) ? shape.members[name] : undefined
        if (member === undefined) continue
        if (!conforms(member, value[name])) return false
        if (shape.required?.includes(name) === true) required++
      }
      return required === (shape.required?.length ?? 0)
    }
    default:
      return false
  }
}

function stringConforms(shape: StringShape, value: string): boolean {
  if (!within(shape, value.length)) return false
  if (shape.enum !== undefined && !shape.enum.includes(value)) return false
  return shape.pattern === undefined || matchesPattern(shape.pattern, value)
}

function within({ min, max }: { readonly min?: number; readonly max?: number }, measure: number): boolean {
  return (min === undefined || measure >= min) && (max === undefined || measure <= max)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
