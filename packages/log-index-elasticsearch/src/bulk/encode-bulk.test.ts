import type { LogDocument } from '@millrace/log-index'
import { describe, expect, it } from 'vitest'
import { encodeBulk } from './encode-bulk.ts'

const document = (id: string, source: string, dataStream = 'logs-a-b'): LogDocument => ({ id, dataStream, timestamp: 0, source })

/** The lines of the body, parsed. */
function linesOf(body: Buffer): unknown[] {
  const text = body.toString()
  expect(text.endsWith('\n')).toBe(true)
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
}

describe('encodeBulk', () => {
  it('writes an action and the document, each on a line', () => {
    const documents = [document('1', '{"m":"ü😀"}'), document('q"\\\n', '{\n"m":1}'), document('3', '{}', 'logs-c-d')]
    const { body, places } = encodeBulk(documents, { from: 0, to: 3, bytesMax: 5_000_000 })
    expect(places).toEqual([0, 1, 2])
    expect(linesOf(body)).toEqual([
      { create: { _index: 'logs-a-b', _id: '1' } },
      { m: 'ü😀' },
      { create: { _index: 'logs-a-b', _id: 'q"\\\n' } },
      { m: 1 },
      { create: { _index: 'logs-c-d', _id: '3' } },
      {},
    ])
  })

  it('stops before it is larger than it may be, and takes the rest from there', () => {
    const documents = Array.from({ length: 50 }, (_, at) => document(String(at), JSON.stringify({ m: '日本'.repeat(at) })))
    const ids: unknown[] = []
    for (let start = 0; start < documents.length; ) {
      const { body, next } = encodeBulk(documents, { from: start, to: documents.length, bytesMax: 1_000 })
      expect(next).toBeGreaterThan(start)
      expect(body.length).toBeLessThanOrEqual(1_000)
      ids.push(...linesOf(body).filter((_, at) => at % 2 === 0))
      start = next
    }
    expect(ids).toEqual(documents.map(({ id }) => ({ create: { _index: 'logs-a-b', _id: id } })))
  })

  it('puts a document that is too large into a body of its own', () => {
    const documents = [document('1', JSON.stringify({ m: 'ü'.repeat(10_000) })), document('2', '{}')]
    const { body, places } = encodeBulk(documents, { from: 0, to: 2, bytesMax: 1_000 })
    expect(places).toEqual([0])
    expect(linesOf(body)[1]).toEqual({ m: 'ü'.repeat(10_000) })
  })

  it('answers what would fail the whole request, and which may be repeats', () => {
    const documents = [document('', '{}'), document('2', '[]'), document('3', ' {}'), { ...document('4', '{}'), maybeRepeated: true }]
    const { places, refused, maybeRepeated, body } = encodeBulk(documents, { from: 0, to: 4, bytesMax: 1_000 })
    expect(places).toEqual([2, 3])
    expect([...refused.keys()]).toEqual([0, 1])
    expect(maybeRepeated).toMatchObject({ places: [3], dataStreams: new Set(['logs-a-b']) })
    expect([...maybeRepeated.names()]).toEqual([[3, { id: '4', dataStream: 'logs-a-b' }]])
    expect(linesOf(body)).toHaveLength(4)
    const without = encodeBulk(documents, { from: 0, to: 4, bytesMax: 1_000, without: new Set([3]) })
    expect(without.places).toEqual([2])
  })

  it('takes the buffer of an earlier bulk if it is large enough', () => {
    const documents = [document('1', '{"m":"first"}'), document('2', '{"m":"second"}')]
    const first = encodeBulk(documents, { from: 0, to: 2, bytesMax: 5_000_000 })
    const second = encodeBulk(documents, { from: 1, to: 2, bytesMax: 5_000_000 }, first.buffer)
    expect(second.buffer).toBe(first.buffer)
    expect(linesOf(second.body)[1]).toEqual({ m: 'second' })
    expect(encodeBulk(documents, { from: 0, to: 1, bytesMax: 5_000_000 }, Buffer.alloc(10)).buffer.length).toBeGreaterThan(10)
  })
})
