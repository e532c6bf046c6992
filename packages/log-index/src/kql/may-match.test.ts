import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arbitraryFields, arbitraryQuery } from '../conformance/arbitrary-documents.ts'
import { matches } from './compile-query.ts'
import { eachValue } from './field-values.ts'
import { mayMatch } from './may-match.ts'
import type { WordSet } from './may-match.ts'
import { parseQuery } from './parse-query.ts'
import { words } from './words.ts'

/** The words of a document, without any error. */
function exactWords(document: unknown): WordSet {
  const single = new Set<string>()
  const pairs = new Set<string>()
  eachValue(document, '', (value) => {
    words(String(value)).forEach((word, at, all) => {
      single.add(word)
      if (at > 0) pairs.add(`${all[at - 1]} ${word}`)
    })
  })
  return { hasWord: (word) => single.has(word), hasPair: (first, second) => pairs.has(`${first} ${second}`) }
}

describe('mayMatch', () => {
  it('never excludes a document that matches', () => {
    fc.assert(
      fc.property(arbitraryFields, arbitraryQuery, (fields, text) => {
        const query = parseQuery(text)
        const document = JSON.parse(JSON.stringify(fields)) as unknown
        if (matches(query, document, { now: 0 })) expect(mayMatch(query, exactWords(document))).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('excludes documents without the words', () => {
    const set = exactWords({ message: 'a quick fox', source: { ip: '10.1.2.3' } })
    expect(mayMatch(parseQuery('quick'), set)).toBe(true)
    expect(mayMatch(parseQuery('slow'), set)).toBe(false)
    expect(mayMatch(parseQuery('"fox quick"'), set)).toBe(false)
    expect(mayMatch(parseQuery('source.ip:10.1.2.3'), set)).toBe(true)
    expect(mayMatch(parseQuery('source.ip:3.2.1.10'), set)).toBe(false)
    expect(mayMatch(parseQuery('slow or (quick and lazy)'), set)).toBe(false)
  })
})
