import type { StreamRecord } from '@millrace/stream'
import { describe, expect, it } from 'vitest'
import { CheckpointTracker } from './checkpoint-tracker.ts'
import { LaneQueue } from './lane-queue.ts'
import { RecordChunk } from './record-chunk.ts'

function chunk(first: number, sizes: readonly number[]): RecordChunk {
  const records = sizes.map((_, index) => ({ position: first + index }) as StreamRecord)
  return new RecordChunk(records, Uint32Array.from(sizes), 0, first)
}

const positions = (records: readonly StreamRecord[]): number[] => records.map((record) => record.position)

describe('LaneQueue', () => {
  it('passes a polled array on as it is where it fits', () => {
    const queue = new LaneQueue()
    const polled = chunk(0, [1, 1, 1])
    queue.add(polled)
    expect(queue.take({ recordsMax: 3, bytesMax: 100 }).records).toBe(polled.records)
  })

  it('joins and cuts arrays at the number of records', () => {
    const queue = new LaneQueue()
    queue.add(chunk(0, [1, 1, 1]))
    queue.add(chunk(3, [1, 1, 1]))
    expect(positions(queue.take({ recordsMax: 2, bytesMax: 100 }).records)).toEqual([0, 1])
    expect(queue).toMatchObject({ records: 4, bytes: 4, oldestPolledAt: 0 })
    expect(positions(queue.take({ recordsMax: 3, bytesMax: 100 }).records)).toEqual([2, 3, 4])
    expect(positions(queue.take({ recordsMax: 3, bytesMax: 100 }).records)).toEqual([5])
    expect(queue).toMatchObject({ records: 0, bytes: 0, oldestPolledAt: undefined })
  })

  it('cuts at the bytes, and takes a record that is over them alone', () => {
    const queue = new LaneQueue()
    queue.add(chunk(0, [40, 70, 500, 30]))
    const limits = { recordsMax: 10, bytesMax: 100 }
    expect(positions(queue.take(limits).records)).toEqual([0])
    expect(positions(queue.take(limits).records)).toEqual([1])
    expect(positions(queue.take(limits).records)).toEqual([2])
    expect(positions(queue.take(limits).records)).toEqual([3])
  })
})

describe('LaneBatch', () => {
  it('settles the records that were picked, wherever they came from', () => {
    const [first, second] = [chunk(0, [1, 1, 1, 1]), chunk(4, [1, 1, 1, 1])]
    const tracker = new CheckpointTracker()
    const queue = new LaneQueue()
    for (const each of [first, second]) tracker.add(each)
    queue.add(first, Uint32Array.of(0, 2, 3))
    queue.add(second)
    const batch = queue.take({ recordsMax: 10, bytesMax: 100 })
    expect(positions(batch.records)).toEqual([0, 2, 3, 4, 5, 6, 7])
    const picked = batch.pick([0, 2, 3, 6])
    expect(positions(picked.records)).toEqual([0, 3, 4, 7])
    expect(picked.settle(tracker)).toBe(true)
    expect(tracker).toMatchObject({ checkpoint: 1, unsettled: 4 })
    expect(positions(picked.pick([1, 3]).records)).toEqual([3, 7])
    batch.pick([1, 4, 5]).settle(tracker)
    expect(tracker).toMatchObject({ checkpoint: 1, unsettled: 1 })
    tracker.settle(first, 1, 2)
    expect(tracker).toMatchObject({ checkpoint: 8, unsettled: 0 })
  })
})
