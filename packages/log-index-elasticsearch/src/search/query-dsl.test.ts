import { parseQuery } from '@millrace/log-index'
import { describe, expect, it } from 'vitest'
import type { FieldTypes } from './field-types.ts'
import { queryDsl } from './query-dsl.ts'

const now = Date.UTC(2026, 10, 21, 12)
const types: FieldTypes = new Map([
  ['level', ['keyword']],
  ['bytes', ['long']],
  ['ip', ['ip']],
  ['message', ['text']],
  ['mixed', ['keyword', 'long']],
  ['labels.a', ['keyword']],
  ['labels.b', ['double']],
  ['@timestamp', ['date']],
])
const dsl = (query: string): unknown => queryDsl(parseQuery(query), types, now)
const none = { match_none: {} }

describe('queryDsl', () => {
  it.each([
    ['', { match_all: {} }],
    ['level:Error', { term: { level: 'Error' } }],
    ['level:e?r*\\*', { wildcard: { level: { value: 'e\\?r*\\*' } } }],
    ['level > b', { range: { level: { gt: 'b' } } }],
    ['bytes:1e3', { term: { bytes: 1000 } }],
    ['bytes:many', none],
    ['bytes >= 500', { range: { bytes: { gte: 500 } } }],
    ['bytes >= many', none],
    ['bytes:*5', none],
    ['ip:"10.0.0.0/8"', { term: { ip: '10.0.0.0/8' } }],
    ['ip:"10.0.0.0/64"', none],
    ['ip:10.1.*', { terms: { ip: ['10.1.0.0/16'] } }],
    ['ip:10.25*', { terms: { ip: ['10.25.0.0/16', ...[0, 1, 2, 3, 4, 5].map((last) => `10.25${last}.0.0/16`)] } }],
    ['message:wo*d', { wildcard: { message: { value: 'wo*d' } } }],
    ['message:"."', none],
    ['message > a', none],
    ['nowhere:x', none],
    ['mixed:5', { bool: { should: [{ term: { mixed: '5' } }, { term: { mixed: 5 } }], minimum_should_match: 1 } }],
    ['mixed:x', { term: { mixed: 'x' } }],
    ['labels.*:x', { term: { 'labels.a': 'x' } }],
    ['level.keyword:x', { term: { level: 'x' } }],
    ['@timestamp > "2026-11-21"', { range: { '@timestamp': { gte: Date.UTC(2026, 10, 22), format: 'epoch_millis' } } }],
    ['@timestamp >= now-15m', { range: { '@timestamp': { gte: now - 900_000, format: 'epoch_millis' } } }],
    ['not level:a', { bool: { must_not: [{ term: { level: 'a' } }] } }],
    ['level:a bytes:1', { bool: { filter: [{ term: { level: 'a' } }, { term: { bytes: 1 } }] } }],
  ])('%s', (query, expected) => {
    expect(dsl(query)).toEqual(expected)
  })

  it('looks for bare words in texts, among the values of fields that have few, and as what they may be else', () => {
    const shoulds = (query: string): { multi_match?: { fields: string[]; type: string } }[] =>
      (dsl(query) as { bool: { should: { multi_match?: { fields: string[]; type: string } }[] } }).bool.should
    const [texts, ...scanned] = shoulds('"two words"')
    expect(texts?.multi_match).toMatchObject({ query: 'two words', type: 'phrase' })
    expect(texts?.multi_match?.fields).toEqual(expect.arrayContaining(['message', 'millrace.words', 'url.path']))
    expect(texts?.multi_match?.fields).not.toContain('http.response.status_code')
    expect(scanned).toContainEqual({ regexp: { 'service.name': expect.anything() as unknown } })
    expect(shoulds('404')[0]?.multi_match?.fields).toEqual(expect.arrayContaining(['http.response.status_code', 'numeric_labels.*']))
    expect(shoulds('"10.1.2.3"')[0]?.multi_match?.fields).toContain('source.ip')
    expect(dsl('"..."')).toEqual(none)
  })

  it('asks for the words of a multi-field that there is not', () => {
    const { regexp } = dsl('level.text:"two words"') as { regexp: { level: { value: string; case_insensitive: boolean } } }
    expect(regexp.level.case_insensitive).toBe(true)
    const pattern = new RegExp(`^(?:${regexp.level.value})$`, 'i')
    expect(['two words', 'a Two-Words.', 'x two words'].map((text) => pattern.test(text))).toEqual([true, true, true])
    expect(['twowords', 'atwo words', 'two wordsy'].map((text) => pattern.test(text))).toEqual([false, false, false])
    const begun = dsl('level.text:éR*e') as { regexp: { level: { value: string } } }
    const start = new RegExp(`^(?:${begun.regexp.level.value})$`, 'i')
    expect(['Éreme', 'the Éra-is', 'éR', 'xére'].map((text) => start.test(text))).toEqual([true, false, false, false])
  })
})
