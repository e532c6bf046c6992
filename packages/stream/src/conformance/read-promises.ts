import { expect } from 'vitest'
import { InvalidPositionError, ShardNotFoundError } from '../errors.ts'
import { formatSequenceNumber } from '../sequence-number.ts'
import type { ShardPosition } from '../stream.ts'
import { accept, onlyShard, put, puts, readAll, texts, wide } from './helpers.ts'
import { type Promises, streamOf } from './promises.ts'

export const readPromises: Promises = {
  async 'reads from every kind of position'(subject) {
    const stream = await streamOf(subject)
    const shardId = await onlyShard(stream)
    const [first, second] = await accept(stream, [put('a'), put('b'), put('c')])
    if (first === undefined || second === undefined) throw new Error('Two records were put.')
    const from = async (position: ShardPosition): Promise<string> => texts(await readAll(stream, shardId, position)).join('')
    expect(await from({ type: 'TRIM_HORIZON' })).toBe('abc')
    expect(await from({ type: 'LATEST' })).toBe('')
    expect(await from({ type: 'AT_SEQUENCE_NUMBER', sequenceNumber: first.sequenceNumber })).toBe('abc')
    expect(await from({ type: 'AT_SEQUENCE_NUMBER', sequenceNumber: second.sequenceNumber })).toBe('bc')
    expect(await from({ type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: second.sequenceNumber })).toBe('c')
    expect(await from({ type: 'AT_POSITION', position: second.position })).toBe('bc')
    expect(await from({ type: 'AT_TIMESTAMP', timestamp: 0 })).toBe('abc')
    expect(await from({ type: 'AT_TIMESTAMP', timestamp: 4e12 })).toBe('')
    const { nextPosition } = await stream.read(shardId, { type: 'LATEST' }, wide)
    await accept(stream, [put('d')])
    expect(await from({ type: 'AT_POSITION', position: nextPosition })).toBe('d')
  },

  async 'reads a shard that has nothing'(subject) {
    const stream = await streamOf(subject)
    const shardId = await onlyShard(stream)
    for (const type of ['TRIM_HORIZON', 'LATEST'] as const) {
      const result = await stream.read(shardId, { type }, wide)
      expect(result).toMatchObject({ records: [], millisBehindLatest: 0, endOfShard: false })
      expect(await readAll(stream, shardId, { type: 'AT_POSITION', position: result.nextPosition })).toEqual([])
    }
    expect(await readAll(stream, shardId, { type: 'AT_TIMESTAMP', timestamp: 1 })).toEqual([])
  },

  async 'refuses positions that are none, are not of the shard, or lie past its end'(subject) {
    const stream = await streamOf(subject, 2)
    const [shard, other] = await stream.shards()
    if (shard === undefined || other === undefined) throw new Error('There are two shards.')
    const [record] = await accept(stream, [{ ...put('x'), explicitHashKey: '0' }])
    if (record === undefined) throw new Error('A record was put.')
    const bad: readonly (readonly [string, ShardPosition])[] = [
      [shard.shardId, { type: 'AT_SEQUENCE_NUMBER', sequenceNumber: 'nonsense' }],
      [shard.shardId, { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: '' }],
      [other.shardId, { type: 'AT_SEQUENCE_NUMBER', sequenceNumber: record.sequenceNumber }],
      [other.shardId, { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: record.sequenceNumber }],
      [shard.shardId, { type: 'AT_SEQUENCE_NUMBER', sequenceNumber: formatSequenceNumber(shard, record.position + 500, 1e12) }],
      [shard.shardId, { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: formatSequenceNumber(shard, record.position + 500, 1e12) }],
      [shard.shardId, { type: 'AT_POSITION', position: record.position + 500 }],
      [shard.shardId, { type: 'AT_POSITION', position: -1 }],
      [shard.shardId, { type: 'AT_POSITION', position: Number.NaN }],
      [shard.shardId, { type: 'AT_TIMESTAMP', timestamp: Number.NaN }],
    ]
    for (const [shardId, position] of bad) {
      await expect(stream.read(shardId, position, wide), JSON.stringify(position)).rejects.toThrow(InvalidPositionError)
    }
    for (const shardId of ['shardId-000000000002', 'nonsense', '']) {
      await expect(stream.read(shardId, { type: 'LATEST' }, wide)).rejects.toThrow(ShardNotFoundError)
    }
  },

  async 'ends a read at its limits, and goes on from there'(subject) {
    const stream = await streamOf(subject)
    const shardId = await onlyShard(stream)
    for (let turn = 0; turn < 5; turn++) await accept(stream, puts(20, `${turn}/`.padEnd(100, '.')))
    const all = texts(await readAll(stream, shardId))
    expect(all).toHaveLength(100)
    for (const limit of [
      { recordsMax: 7, bytesMax: 1e9 },
      { recordsMax: 1_000, bytesMax: 1_000 },
      { recordsMax: 1, bytesMax: 1 },
    ]) {
      const found: string[] = []
      let position: ShardPosition = { type: 'TRIM_HORIZON' }
      while (found.length < 100) {
        const { records, nextPosition } = await stream.read(shardId, position, limit)
        expect(records.length).toBeGreaterThan(0)
        expect(records.length).toBeLessThanOrEqual(limit.recordsMax)
        const bytes = records.reduce((sum, record) => sum + record.data.byteLength, 0)
        if (records.length > 1) expect(bytes).toBeLessThanOrEqual(limit.bytesMax)
        found.push(...texts(records))
        position = { type: 'AT_POSITION', position: nextPosition }
      }
      expect(found).toEqual(all)
    }
  },

  async 'returns a record that is larger than the limit, alone'(subject) {
    const stream = await streamOf(subject)
    const shardId = await onlyShard(stream)
    await accept(stream, [put('x'.repeat(5_000)), put('y')])
    const result = await stream.read(shardId, { type: 'TRIM_HORIZON' }, { recordsMax: 10, bytesMax: 100 })
    expect(result.records.map((record) => record.data.byteLength)).toEqual([5_000])
  },

  async 'tells how far a read is behind: 0 at the tip alone'(subject) {
    const stream = await streamOf(subject)
    const shardId = await onlyShard(stream)
    await accept(stream, puts(3))
    await subject.advance?.(5_000)
    await accept(stream, puts(1))
    const behind = await stream.read(shardId, { type: 'TRIM_HORIZON' }, { recordsMax: 1, bytesMax: 1e6 })
    expect(behind.millisBehindLatest).toBeGreaterThanOrEqual(subject.advance === undefined ? 1 : 5_000)
    expect((await stream.read(shardId, { type: 'TRIM_HORIZON' }, wide)).millisBehindLatest).toBe(0)
    expect((await stream.read(shardId, { type: 'LATEST' }, wide)).millisBehindLatest).toBe(0)
  },

  async 'does not read for a signal that is aborted'(subject) {
    const stream = await streamOf(subject)
    const shardId = await onlyShard(stream)
    await expect(stream.read(shardId, { type: 'LATEST' }, wide, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  },
}

/** On subjects whose clock is manual. */
export const timestampPromises: Promises = {
  async 'finds the first record at or after a time'(subject) {
    const stream = await streamOf(subject)
    const shardId = await onlyShard(stream)
    const times: number[] = []
    for (const name of ['a', 'b', 'c']) {
      await accept(stream, puts(2, name))
      times.push((await readAll(stream, shardId)).at(-1)?.approximateArrivalTimestamp ?? 0)
      await subject.advance?.(10_000)
    }
    const [, second = 0, third = 0] = times
    const from = async (timestamp: number): Promise<string> =>
      texts(await readAll(stream, shardId, { type: 'AT_TIMESTAMP', timestamp })).join(' ')
    expect(await from(second)).toBe('b0 b1 c0 c1')
    expect(await from(second + 1)).toBe('c0 c1')
    expect(await from(second - 1)).toBe('b0 b1 c0 c1')
    expect(await from(third + 1)).toBe('')
  },
}
