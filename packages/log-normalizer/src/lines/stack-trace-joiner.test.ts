import { readdirSync, readFileSync } from 'node:fs'
import { seededRandom } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { LineSplitter } from './line-splitter.ts'
import { StackTraceJoiner, type StackTraceJoinerOptions } from './stack-trace-joiner.ts'

// Real output of programs: a line of ten equals signs shows where a record ends.
const directory = new URL('./fixtures/', import.meta.url)
const examples = readdirSync(directory).map((file) => ({
  name: file.replace('.txt', ''),
  records: readFileSync(new URL(file, directory), 'utf8').slice(0, -1).split('\n==========\n'),
}))

const text = (record: Uint8Array): string => Buffer.from(record.buffer, record.byteOffset, record.byteLength).toString()
const lines = (...texts: string[]): Uint8Array[] => texts.map((line) => new TextEncoder().encode(line))

function recordsOf(chunks: readonly Uint8Array[], options: StackTraceJoinerOptions = {}): string[] {
  const splitter = new LineSplitter()
  const joiner = new StackTraceJoiner(options)
  const records = chunks.flatMap((chunk) => joiner.add(splitter.push(chunk), 0))
  return [...records, ...joiner.add(splitter.end(), 0), ...joiner.flush()].map(text)
}

describe('StackTraceJoiner', () => {
  it.each(examples)('finds the records of $name', ({ records }) => {
    expect(recordsOf([Buffer.from(`${records.join('\n')}\n`)])).toEqual(records)
  })

  it('gives the same records whatever the chunks', () => {
    const bytes = Buffer.from(examples.map(({ records }) => `${records.join('\n')}\n`).join(''))
    const whole = recordsOf([bytes])
    for (let seed = 1; seed <= 50; seed++) {
      const random = seededRandom(seed)
      const chunks: Uint8Array[] = []
      for (let at = 0; at < bytes.length; ) {
        const size = 1 + Math.floor(random() ** 3 * 400)
        chunks.push(Buffer.from(bytes.subarray(at, at + size)))
        at += size
      }
      expect(recordsOf(chunks), `seed ${seed}`).toEqual(whole)
    }
  })

  it('loses no line, whatever follows what', () => {
    const pool = [...new Set(examples.flatMap(({ records }) => records.flatMap((record) => record.split('\n'))))]
    for (let seed = 1; seed <= 200; seed++) {
      const random = seededRandom(seed)
      const picked = Array.from({ length: 60 }, () => pool[Math.floor(random() * pool.length)] as string)
      const records = recordsOf([Buffer.from(`${picked.join('\n')}\n`)], { recordLinesMax: 10, recordBytesMax: 600 })
      expect(records.join('\n'), `seed ${seed}`).toBe(picked.join('\n'))
      for (const record of records) expect(record.split('\n').length).toBeLessThanOrEqual(10)
    }
  })

  it('joins lines that end with a carriage return', () => {
    expect(recordsOf([Buffer.from('Error: x\r\n    at a (b.js:1:1)\r\n    at c (d.js:1:1)\r\n')])).toEqual([
      'Error: x\n    at a (b.js:1:1)\n    at c (d.js:1:1)',
    ])
  })

  it('holds a line back for the time-out and no longer', () => {
    const joiner = new StackTraceJoiner({ joinTimeoutMs: 50 })
    expect(joiner.untilNextMs(0)).toBeUndefined()
    expect(joiner.add(lines('one'), 1_000)).toEqual([])
    expect(joiner.untilNextMs(1_010)).toBe(40)
    expect(joiner.flush(1_049)).toEqual([])
    expect(joiner.flush(1_050).map(text)).toEqual(['one'])
    expect(joiner.untilNextMs(1_050)).toBeUndefined()
  })

  it('does not hold back what begins with a brace', () => {
    const joiner = new StackTraceJoiner()
    expect(joiner.add(lines('{"a":1}'), 0).map(text)).toEqual(['{"a":1}'])
    expect(joiner.untilNextMs(0)).toBeUndefined()
  })

  it('waits for a trace that trickles in, within the bound on a record', () => {
    const joiner = new StackTraceJoiner({ joinTimeoutMs: 50, recordHoldMsMax: 100 })
    joiner.add(lines('ERROR failed', 'a.B: c'), 0)
    joiner.add(lines('\tat a.B.c(B.java:1)'), 40)
    joiner.add(lines('\tat a.B.d(B.java:2)'), 80)
    expect(joiner.untilNextMs(80)).toBe(20)
    expect(joiner.flush(100).map(text)).toEqual(['ERROR failed\na.B: c\n\tat a.B.c(B.java:1)\n\tat a.B.d(B.java:2)'])
    expect(joiner.add(lines('\tat a.B.e(B.java:3)'), 101)).toEqual([])
    expect(joiner.flush().map(text)).toEqual(['\tat a.B.e(B.java:3)'])
  })

  it('gives up what waits for frames that do not come, line by line', () => {
    const joiner = new StackTraceJoiner()
    joiner.add(lines('ERROR failed', 'a.B: c', 'text'), 0)
    expect(joiner.flush(50).map(text)).toEqual(['ERROR failed', 'a.B: c', 'text'])
  })
})
