import { describe, expect, it } from 'vitest'
import { QuerySyntaxError } from '../errors.ts'
import { parseQuery } from './parse-query.ts'
import type { Query } from './query.ts'

/** The query as it was understood, fully parenthesised. */
function show(query: Query): string {
  switch (query.kind) {
    case 'all':
      return '*'
    case 'text':
      return `[${query.value.parts.join('|')}]`
    case 'is':
      return `${query.field}=[${query.value.parts.join('|')}]`
    case 'exists':
      return `${query.field}?`
    case 'range':
      return `${query.field}${query.operator}${query.bound}`
    case 'not':
      return `!${show(query.query)}`
    default:
      return `(${query.queries.map(show).join(query.kind === 'and' ? ' & ' : ' | ')})`
  }
}

describe('parseQuery', () => {
  it.each([
    ['', '*'],
    ['   ', '*'],
    ['error', '[error]'],
    ['"two words"', '[two words]'],
    ['a b or c', '(([a] & [b]) | [c])'],
    ['a or b and not c', '([a] | ([b] & ![c]))'],
    ['NOT a AND b', '(![a] & [b])'],
    ['not (a or b)', '!([a] | [b])'],
    ['level:error', 'level=[error]'],
    ['level : "error"', 'level=[error]'],
    ['level:(warn OR not error)', '(level=[warn] | !level=[error])'],
    ['level:(warn error)', '(level=[warn] & level=[error])'],
    ['level:*', 'level?'],
    ['*:*', '*'],
    ['*', '*'],
    ['user.*:x', 'user.*=[x]'],
    ['url:/api/*/x*', 'url=[/api/||/x|]'.replace('||', '|')],
    ['a**b', '[a|b]'],
    ['bytes >= 500', 'bytes>=500'],
    ['bytes:>=500', 'bytes>=500'],
    ['bytes<5 at > "2026-11-21"', '(bytes<5 & at>2026-11-21)'],
    ['"level":x', 'level=[x]'],
    [String.raw`a\*b`, '[a*b]'],
    [String.raw`path:C\:\\temp\x`, String.raw`path=[C:\temp\x]`],
    [String.raw`\or or "or"`, '([or] | [or])'],
    [String.raw`"say \"hi\""`, '[say "hi"]'],
    [String.raw`\u00e9t\u00e9`, '[été]'],
    ['android notes orders', '(([android] & [notes]) & [orders])'.replace('((', '(').replace(']) &', '] &')],
  ])('understands %s', (query, expected) => {
    expect(show(parseQuery(query))).toBe(expected)
  })

  it.each([
    ['"open', 0, 'not closed'],
    ['(a or b', 7, 'not closed'],
    ['a)', 1, 'not expected'],
    ['a or', 4, 'ends where'],
    ['or a', 0, 'in quotes'],
    ['level:', 6, 'level:value'],
    ['level: and b', 7, '"and" stands there'],
    [':x', 0, 'not expected'],
    ['bytes >', 7, 'number, date or word'],
    ['a:(b:c)', 4, 'only values'],
    ['a:{b:c}', 2, 'braces'],
    ['x'.repeat(10_001), 10_000, 'at most 10000'],
    ['('.repeat(200), 100, 'nested'],
    ['not '.repeat(200), 400, 'nested'],
  ])('says what is wrong with %.20s', (query, offset, hint) => {
    const error = errorOf(() => parseQuery(query))
    expect(error).toBeInstanceOf(QuerySyntaxError)
    expect(error.message).toContain(hint)
    expect((error as QuerySyntaxError).offset).toBe(offset)
  })
})

function errorOf(call: () => unknown): Error {
  try {
    call()
  } catch (error) {
    return error as Error
  }
  throw new Error('Nothing was thrown.')
}
