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
    const { body, count } = encodeBulk(documents, [0, 1, 2], 0, 5_000_000)
    expect(count).toBe(3)
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
    const places = documents.map((_, at) => at)
    const ids: unknown[] = []
    for (let start = 0; start < places.length; ) {
      const { body, count } = encodeBulk(documents, places, start, 1_000)
      expect(count).toBeGreaterThan(0)
      expect(body.length).toBeLessThanOrEqual(1_000)
      ids.push(...linesOf(body).filter((_, at) => at % 2 === 0))
      start += count
    }
    expect(ids).toEqual(documents.map(({ id }) => ({ create: { _index: 'logs-a-b', _id: id } })))
  })

  it('puts a document that is too large into a body of its own', () => {
    const documents = [document('1', JSON.stringify({ m: 'ü'.repeat(10_000) })), document('2', '{}')]
    const { body, count } = encodeBulk(documents, [0, 1], 0, 1_000)
    expect(count).toBe(1)
    expect(linesOf(body)[1]).toEqual({ m: 'ü'.repeat(10_000) })
  })

  it('takes the buffer of an earlier bulk if it is large enough', () => {
    const documents = [document('1', '{"m":"first"}'), document('2', '{"m":"second"}')]
    const first = encodeBulk(documents, [0, 1], 0, 5_000_000)
    const second = encodeBulk(documents, [1], 0, 5_000_000, first.buffer)
    expect(second.buffer).toBe(first.buffer)
    expect(linesOf(second.body)[1]).toEqual({ m: 'second' })
    expect(encodeBulk(documents, [0], 0, 5_000_000, Buffer.alloc(10)).buffer.length).toBeGreaterThan(10)
  })
})
