import type { StreamRecord } from '@millrace/stream'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { CheckpointTracker } from './checkpoint-tracker.ts'
import { RecordChunk } from './record-chunk.ts'

/** Positions with gaps, polled in arrays, settled in any order. */
const plan = fc
  .array(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 6 })
  .chain((gaps) => {
    const total = gaps.reduce((sum, chunk) => sum + chunk.length, 0)
    return fc.record({ gaps: fc.constant(gaps), order: fc.shuffledSubarray([...Array(total).keys()]) })
  })

it('stands below the first record that is not settled, and at the end when all are', () => {
  fc.assert(
    fc.property(plan, ({ gaps, order }) => {
      const tracker = new CheckpointTracker()
      const places: { chunk: RecordChunk; at: number; position: number }[] = []
      let position = -1
      for (const chunkGaps of gaps) {
        const positions = chunkGaps.map((gap) => (position += gap))
        const records = positions.map((of) => ({ position: of, approximateArrivalTimestamp: of * 10 }) as StreamRecord)
        const chunk = new RecordChunk(records, new Uint32Array(records.length), records.length * 7, 0)
        tracker.add(chunk)
        for (const [at, of] of positions.entries()) places.push({ chunk, at, position: of })
      }
      const settled = new Set<number>()
      for (const index of order) {
        const { chunk, at } = places[index] as (typeof places)[number]
        tracker.settle(chunk, at, at + 1)
        settled.add(index)
        const first = places.findIndex((_, candidate) => !settled.has(candidate))
        const passed = first < 0 ? places.length : first
        expect(tracker.checkpoint).toBe(passed === 0 ? undefined : (places[passed - 1] as { position: number }).position + 1)
        expect(tracker.oldestUnsettledTimestamp).toBe(first < 0 ? undefined : (places[first] as { position: number }).position * 10)
        expect(tracker.unsettled).toBe(places.length - settled.size)
        expect(tracker.windowRecords).toBe(places.length - passed)
        if (passed === places.length) expect(tracker.windowBytes).toBe(0)
      }
    }),
  )
})
