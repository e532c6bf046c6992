import type { Json } from './draft.ts'

/** The value as text, as `keyword` fields have it; undefined for null, lists and objects. */
export function textOf(value: Json): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** The value as a whole number that is exact in a double; text that spells one counts. */
export function integerOf(value: Json): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : undefined
}

/** The value as a number; text that spells one counts. */
export function numberOf(value: Json): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && value.length <= 32 && /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,2})?$/.test(value) ? Number(value) : undefined
}
