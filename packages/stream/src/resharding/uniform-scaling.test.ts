import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { splitHashKeys } from '../hash-key.ts'
import { endingSequenceNumber, formatSequenceNumber, startingSequenceNumber } from '../sequence-number.ts'
import { type Shard, shardIdOf } from '../shard.ts'
import { childShards, isOpen, type ReshardStep } from './reshard.ts'
import { scalingSteps } from './uniform-scaling.ts'

function initial(count: number): Shard[] {
  return splitHashKeys(count).map((range, index) => ({ shardId: shardIdOf(index), index, ...range, createdTimestamp: 5_500 }))
}

function taken(shards: readonly Shard[], steps: readonly ReshardStep[]): Shard[] {
  const closing = new Set(steps.flatMap(({ parents }) => parents))
  const closed = { endingPosition: 1_000, closedTimestamp: 5_600 }
  return [...shards.map((shard) => (closing.has(shard) ? { ...shard, ...closed } : shard)), ...childShards(shards, steps, 5_600)]
}

function scaled(shards: readonly Shard[], count: number): { readonly shards: readonly Shard[]; readonly rounds: number } {
  let all = shards
  for (let rounds = 0; ; rounds++) {
    const steps = scalingSteps(all, count)
    if (steps.length === 0) return { shards: all, rounds }
    all = taken(all, steps)
  }
}

const ranges = (shards: readonly Shard[]) =>
  shards
    .filter(isOpen)
    .map(({ startingHashKey, endingHashKey }) => ({ startingHashKey, endingHashKey }))
    .toSorted((one, other) => (one.startingHashKey < other.startingHashKey ? -1 : 1))

it('comes to equal ranges from whatever there is, in few rounds', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 5 }), (counts) => {
      let shards: readonly Shard[] = initial(counts[0] as number)
      for (const count of counts.slice(1)) {
        const result = scaled(shards, count)
        expect(ranges(result.shards)).toEqual(splitHashKeys(count))
        expect(result.rounds).toBeLessThanOrEqual(14)
        shards = result.shards
      }
    }),
    { numRuns: 50 },
  )
})

it('splits each shard once to double them, and merges pairs to halve them', () => {
  const shape = (from: number, to: number) =>
    scalingSteps(initial(from), to).map((step) => `${step.parents.length}>${step.children.length}`)
  expect(shape(4, 8)).toEqual(Array(4).fill('1>2'))
  expect(shape(8, 4)).toEqual(Array(4).fill('2>1'))
  expect(scaled(initial(4), 4).rounds).toBe(0)
})

it('gives children sequence numbers above every one of their parents', () => {
  const { shards } = scaled(initial(2), 7)
  const byId = new Map(shards.map((shard) => [shard.shardId, shard]))
  for (const shard of shards) {
    for (const parentId of [shard.parentShardId, shard.adjacentParentShardId]) {
      const parent = byId.get(parentId ?? '')
      if (parent === undefined) continue
      const ending = BigInt(endingSequenceNumber(parent) ?? 0)
      expect(ending).toBeGreaterThan(BigInt(formatSequenceNumber(parent, 999, 9_000)))
      expect(BigInt(startingSequenceNumber(shard))).toBeGreaterThan(ending)
    }
  }
})
