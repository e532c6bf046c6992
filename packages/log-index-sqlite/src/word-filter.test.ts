import { describe, expect, it } from 'vitest'
import { words } from '@millrace/log-index'
import { WordFilter, WordFilterBuilder } from './word-filter.ts'

function filterOf(...sources: string[]): { readonly filter: WordFilter; readonly bytes: number; readonly hasOddNumbers: boolean } {
  const builder = new WordFilterBuilder()
  for (const source of sources) {
    const bytes = Buffer.from(source)
    builder.addDocument(source, bytes, 0, bytes.byteLength)
  }
  const { hasOddNumbers } = builder
  const bits = builder.build()
  return { filter: new WordFilter(bits), bytes: bits.byteLength, hasOddNumbers }
}

describe('WordFilter', () => {
  it.each([
    [{ message: 'GET /api/Users?id=77 "quoted" user_id' }, 'get api users id 77 quoted user_id'],
    [{ message: 'line\nbreak\ttab\\new', list: [1, 2.5, -3, 1e21, true, null] }, 'line break tab new 1 2 5 3 1e 21 true'],
    [{ message: 'Über “straße” ÉTÉ 日本' }, 'über straße été 日本'],
    [{ message: '\u0001a\u0000b' }, 'a b'],
    [{ big: 2 ** 70 }, String(2 ** 70)],
  ])('has every word of %j', (document, expected) => {
    const { filter } = filterOf(JSON.stringify(document))
    for (const word of words(expected)) expect(filter.hasWord(word), word).toBe(true)
    expect(filter.hasWord('nothing_like_it')).toBe(false)
  })

  it('has numbers as JavaScript writes them, and says when they stand there otherwise', () => {
    const { filter, hasOddNumbers } = filterOf('{"a":5e2,"b":1.50,"c":12345678901234567890123}')
    for (const number of [500, 1.5, Number('12345678901234567890123')]) {
      for (const word of words(String(number))) expect(filter.hasWord(word), word).toBe(true)
    }
    expect(hasOddNumbers).toBe(true)
    expect(filterOf('{"a":0.25,"b":10,"c":"5e2 1.50"}').hasOddNumbers).toBe(false)
  })

  it('resolves escapes', () => {
    const { filter } = filterOf(String.raw`{"a":"caf\u00e9 \u0061bc"}`)
    expect(filter.hasWord('café')).toBe(true)
    expect(filter.hasWord('abc')).toBe(true)
  })

  it('tells numbers that stand together from those that do not', () => {
    const { filter } = filterOf('{"ip":"10.20.30.40"}', '{"ip":"50.60.70.80","other":"10"}')
    expect(filter.hasPair('20', '30')).toBe(true)
    expect(filter.hasPair('10', '60')).toBe(false)
    expect(filter.hasPair('80', '10')).toBe(false)
    expect(filter.hasPair('any', '10')).toBe(true)
  })

  it('is small for few words, and rarely errs for many', () => {
    expect(filterOf('{"a":"b"}').bytes).toBe(32)
    const { filter, bytes } = filterOf(JSON.stringify({ message: Array.from({ length: 3_000 }, (_, at) => `word${at}`).join(' ') }))
    expect(bytes).toBeLessThanOrEqual(8_192)
    const wrong = Array.from({ length: 10_000 }, (_, at) => filter.hasWord(`other${at}`)).filter(Boolean)
    expect(wrong.length).toBeLessThan(600)
  })

  it('starts anew with each block', () => {
    const builder = new WordFilterBuilder()
    for (const word of ['one', 'two']) {
      const source = JSON.stringify({ message: word })
      builder.addDocument(source, Buffer.from(source), 0, source.length)
      const filter = new WordFilter(builder.build())
      expect([filter.hasWord('one'), filter.hasWord('two'), filter.hasWord('message')]).toEqual([word === 'one', word === 'two', true])
    }
  })
})
