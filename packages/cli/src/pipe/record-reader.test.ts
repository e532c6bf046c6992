import { describe, expect, it } from 'vitest'
import { RecordReader } from './record-reader.ts'

function reader(join = true): RecordReader {
  let sequence = 0
  return new RecordReader({
    headers: { producerId: 'p', path: '/var/log/x' },
    partitionKey: undefined,
    lineBytesMax: 1_000,
    joinTimeoutMs: 50,
    join,
    takeSequences: (count) => {
      sequence += count
      return sequence - count
    },
  })
}
const texts = (run: { readonly data: readonly Uint8Array[] } | undefined): string[] =>
  run?.data.map((data) => Buffer.from(data).toString()) ?? []

describe('RecordReader', () => {
  it('joins traces, leaves empty lines out, and counts all of them', () => {
    const underTest = reader()
    const first = underTest.push(Buffer.from('one\n\n\nError: x\n    at a (b.js:1:1)\n'), 1_000)
    const last = underTest.end(1_000)
    expect(texts(first)).toEqual(['one'])
    expect(texts(last)).toEqual(['Error: x\n    at a (b.js:1:1)'])
    expect(last?.firstSequence).toBe(1)
    expect([underTest.lines, underTest.emptyLines]).toEqual([3, 2])
  })

  it('keeps lines apart when it is told to', () => {
    expect(texts(reader(false).push(Buffer.from('Error: x\n    at a (b.js:1:1)\n'), 1_000))).toEqual(['Error: x', '    at a (b.js:1:1)'])
  })

  it('lets records share their headers while they are read at the same time', () => {
    const underTest = reader()
    const runs = [1_000, 1_009, 1_010].map((now) => underTest.push(Buffer.from('{"a":1}\n'), now))
    expect(runs.map((run) => run?.headers.readTimestamp)).toEqual([1_000, 1_000, 1_010])
    expect(runs[0]?.headers).toBe(runs[1]?.headers)
  })

  it('gives out a line that waited', () => {
    const underTest = reader()
    expect(underTest.push(Buffer.from('one\n'), 1_000)).toBeUndefined()
    expect(underTest.untilNextMs(1_000)).toBe(50)
    expect(texts(underTest.flush(1_050))).toEqual(['one'])
  })
})
