import { describe, expect, it } from 'vitest'
import { Batcher, type BatcherOptions, type RecordRun } from './batcher.ts'

function batcher(options: Partial<BatcherOptions> = {}): Batcher {
  let drawn = 0
  return new Batcher({ batchRecordsMax: 3, batchBytesMax: 100, batchDelayMs: 20, drawPartitionKey: () => `key-${drawn++}`, ...options })
}
const run = (texts: readonly string[], firstSequence = 0, partitionKey?: string): RecordRun => ({
  data: texts.map((text) => Buffer.from(text)),
  headers: { producerId: 'p' },
  partitionKey,
  firstSequence,
})
const texts = (batch: { records: readonly { data: Uint8Array }[] } | undefined): string[] | undefined =>
  batch?.records.map(({ data }) => Buffer.from(data).toString())

describe('Batcher', () => {
  it('fills batches by number of records', () => {
    const policy = batcher()
    expect(policy.add(run(['a', 'b', 'c', 'd']), 0).map(texts)).toEqual([['a', 'b', 'c']])
    expect(texts(policy.flush())).toEqual(['d'])
  })

  it('fills batches by bytes, and sends a larger record alone', () => {
    const policy = batcher({ batchBytesMax: 5, batchRecordsMax: 100 })
    expect(policy.add(run(['abc', 'de', 'f', '0123456789', 'g']), 0).map(texts)).toEqual([['abc', 'de'], ['f'], ['0123456789']])
    expect(texts(policy.flush())).toEqual(['g'])
  })

  it('sends what waited long enough since its first record', () => {
    const policy = batcher()
    expect(policy.untilNextMs(0)).toBeUndefined()
    policy.add(run(['a']), 100)
    policy.add(run(['b'], 1), 115)
    expect(policy.untilNextMs(115)).toBe(5)
    expect(policy.flush(119)).toBeUndefined()
    expect(texts(policy.flush(120))).toEqual(['a', 'b'])
    expect(policy.flush()).toBeUndefined()
  })

  it('numbers the records, and gives each batch a key unless they have one', () => {
    const policy = batcher()
    const [first] = policy.add(run(['a', 'b', 'c', 'd'], 7), 0)
    policy.add(run(['e'], 11, 'given'), 0)
    const second = policy.flush()
    expect(
      [...(first?.records ?? []), ...(second?.records ?? [])].map(({ partitionKey, producerSequence }) => [partitionKey, producerSequence]),
    ).toEqual([
      ['key-0', 7],
      ['key-0', 8],
      ['key-0', 9],
      ['key-1', 10],
      ['given', 11],
    ])
  })
})
