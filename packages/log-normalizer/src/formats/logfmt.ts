import type { Json } from '../draft.ts'
import type { LineFormat } from '../line-format.ts'
import { takeFields } from '../structured-fields.ts'

/** `level=info msg="it's up" port=8080`: at least two pairs, and nothing but pairs. The names mean what they mean in JSON lines. */
export const logfmt: LineFormat = {
  name: 'logfmt',
  parse(line, draft) {
    const fields = readPairs(line.text)
    if (fields === undefined) return false
    takeFields(line, draft, fields)
    draft.dataset ??= 'logfmt'
    draft.message ??= draft.errorMessage ?? line.text
    return true
  },
}

const nameCharsMax = 128
/** A longer line of pairs is a text that looks like them. */
const pairsMax = 1_000

function readPairs(text: string): { readonly [name: string]: Json } | undefined {
  // Without a prototype, a pair called `__proto__` is a pair like any other.
  const fields = Object.create(null) as { [name: string]: Json }
  let count = 0
  let at = 0
  while (at < text.length) {
    const equals = nameEnd(text, at)
    if (equals === at || text.charCodeAt(equals) !== 61 || ++count > pairsMax) return undefined
    const name = text.slice(at, equals)
    const quoted = text.charCodeAt(equals + 1) === 34
    const end = quoted ? closingQuote(text, equals + 2) + 1 : wordEnd(text, equals + 1)
    const value = quoted ? unquoted(text.slice(equals + 1, end)) : plainValue(text.slice(equals + 1, end))
    if (end === 0 || value === undefined || (end < text.length && text.charCodeAt(end) !== 32)) return undefined
    const before = fields[name]
    fields[name] = before === undefined ? value : [...(Array.isArray(before) ? (before as readonly Json[]) : [before]), value]
    at = end
    while (text.charCodeAt(at) === 32) at++
  }
  return count >= 2 ? fields : undefined
}

function nameEnd(text: string, at: number): number {
  let end = at
  while (end < at + nameCharsMax && isNameChar(text.charCodeAt(end))) end++
  return end
}

/** Letters, digits, and `_ . - / @ :`. */
function isNameChar(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 64 && code <= 90) || (code >= 45 && code <= 58) || code === 95
}

function wordEnd(text: string, at: number): number {
  const end = text.indexOf(' ', at)
  return end < 0 ? text.length : end
}

/** -1 if there is none. */
function closingQuote(text: string, at: number): number {
  for (let index = at; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 92) index++
    else if (code === 34) return index
  }
  return -1
}

/** Go's and JSON's escapes agree for what loggers escape; a text that JSON cannot read loses only its quotes. */
function unquoted(text: string): string {
  if (!text.includes('\\') || text.length < 2) return text.slice(1, -1)
  try {
    return JSON.parse(text) as string
  } catch {
    return text.slice(1, -1)
  }
}

/** Undefined for a value with a quote or a line break in it: then the line is no logfmt. */
function plainValue(text: string): string | number | undefined {
  if (text.includes('"') || text.includes('\n')) return undefined
  return /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/.test(text) ? Number(text) : text
}
