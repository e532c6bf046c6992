import type { Draft, Json } from './draft.ts'

export type JsonObject = { readonly [name: string]: Json }

/** Halves of surrogate pairs can stand alone in an escape; Elasticsearch and SQLite take whole characters only. */
const surrogateEscape = /\\u[dD][89a-fA-F]/

/** The object that the text is in JSON; undefined for anything else. Half characters become U+FFFD, and the draft then keeps the line. */
export function parseObject(text: string, draft: Draft): JsonObject | undefined {
  if (text.charCodeAt(0) !== 123) return undefined
  try {
    return text.includes('\\u') && surrogateEscape.test(text) ? parseCarefully(text, draft) : (JSON.parse(text) as JsonObject)
  } catch {
    return undefined
  }
}

/** As `parseObject`, for a text that is an object; a number that a double cannot hold becomes the text of its digits. Several times slower. */
export function parseCarefully(text: string, draft: Draft): JsonObject {
  const whole = (part: string): string => {
    if (part.isWellFormed()) return part
    draft.incomplete = true
    return part.toWellFormed()
  }
  const revive = (_name: string, value: Json, context: { readonly source?: string }): Json => {
    if (typeof value === 'string') return whole(value)
    if (typeof value === 'number') return isExact(value) ? value : (context.source ?? value)
    if (value === null || typeof value !== 'object' || Array.isArray(value) || Object.keys(value).every((name) => name.isWellFormed()))
      return value
    return Object.fromEntries(Object.entries(value as JsonObject).map(([name, inner]) => [whole(name), inner]))
  }
  return JSON.parse(text, revive as (name: string, value: unknown) => unknown) as JsonObject
}

/** Whether the number is the one that was written: integers beyond 2^53 and numbers beyond the largest double are not. */
export function isExact(value: number): boolean {
  return Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value))
}
