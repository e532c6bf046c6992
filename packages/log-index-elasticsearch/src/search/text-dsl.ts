import { words } from '@millrace/log-index'
import type { Dsl } from './dsl.ts'
import { none } from './dsl.ts'

/** The words side by side in one of the fields. Text without a word is not found: punctuation is not indexed. */
export function phraseDsl(fields: readonly string[], text: string): Dsl {
  return words(text).length === 0 ? none : { multi_match: { query: text, fields, type: 'phrase', lenient: true } }
}

/**
 * A pattern, as the parts between its stars, in a text. One without punctuation is held against single words; of one with punctuation, the words
 * have to stand in this order, the outer ones of a part as the beginning or end of a word where no punctuation is in between.
 */
export function wordPatternDsl(field: string, parts: readonly string[]): Dsl {
  const lower = parts.map((part) => part.toLowerCase())
  if (lower.every((part) => words(part).join('') === part)) return { wildcard: { [field]: { value: lower.map(escapeWildcard).join('*') } } }
  const intervals = lower.flatMap(intervalsOf)
  if (intervals.length === 0) return none
  return { intervals: { [field]: intervals.length === 1 ? intervals[0] : { all_of: { ordered: true, intervals } } } }
}

/** One part of a pattern: its words without a gap. */
function intervalsOf(part: string): Dsl[] {
  const found = words(part)
  const first = found[0]
  const last = found.at(-1)
  if (first === undefined || last === undefined) return []
  const isOpenBefore = part.startsWith(first)
  const isOpenAfter = part.endsWith(last)
  const intervals = found.map((word, at): Dsl => {
    const pattern = `${at === 0 && isOpenBefore ? '*' : ''}${word}${at === found.length - 1 && isOpenAfter ? '*' : ''}`
    return pattern === word ? { match: { query: word } } : { wildcard: { pattern } }
  })
  return intervals.length === 1 ? intervals : [{ all_of: { ordered: true, max_gaps: 0, intervals } }]
}

/** Takes their meaning from a wildcard query's own characters. */
export function escapeWildcard(text: string): string {
  return text.replace(/[\\*?]/g, '\\$&')
}
