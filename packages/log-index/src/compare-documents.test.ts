import { describe, expect, test } from 'vitest'
import { compareDocuments, fieldDifferences } from './compare-documents.ts'
import { logDocument, noon } from './conformance/index-under-test.ts'
import { MemoryLogIndex } from './memory-log-index.ts'

describe('comparing documents', () => {
  test('tells new, identical and different ones, with the fields', async () => {
    const index = new MemoryLogIndex()
    await index.bulk([logDocument('a', noon, { message: 'one' }), logDocument('b', noon, { message: 'two', log: { level: 'info' } })])
    const wanted = [
      logDocument('a', noon, { message: 'one', event: { ingested: '2026-11-21T12:00:01Z' } }),
      logDocument('b', noon, { message: 'two', log: { level: 'warn' }, 'service.name': 'shop' }),
      logDocument('c', noon),
    ]
    expect(await compareDocuments(index, wanted)).toEqual([
      expect.objectContaining({ id: 'a', status: 'identical', existingDataStream: 'logs-generic-default' }),
      expect.objectContaining({
        id: 'b',
        status: 'different',
        fields: [
          { field: 'log.level', existing: 'info', wanted: 'warn' },
          { field: 'service.name', wanted: 'shop' },
        ],
      }),
      { id: 'c', dataStream: 'logs-generic-default', status: 'new' },
    ])
  })

  test('goes by what an index sees: nesting, order of values and null make no difference', () => {
    expect(fieldDifferences('{"a":{"b":[1,2]},"n":null}', '{"a.b":[2,1]}')).toEqual([])
    expect(fieldDifferences('{"a":[1]}', '{"a":1}')).toEqual([])
    expect(fieldDifferences('{"a":1}', '{"a":"1"}')).toEqual([{ field: 'a', existing: 1, wanted: '1' }])
    expect(fieldDifferences('{"a":[1,2],"b":1}', '{"a":[1,3]}')).toEqual([
      { field: 'a', existing: [1, 2], wanted: [1, 3] },
      { field: 'b', existing: 1 },
    ])
  })
})
