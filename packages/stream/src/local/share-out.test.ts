import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { shareOut } from './share-out.ts'

it('is even, complete, and moves no more than it has to', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 1, max: 8 }),
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 40, maxLength: 40 }),
      (shardCount, memberCount, owners) => {
        const shards = Array.from({ length: shardCount }, (_, index) => index)
        const members = Array.from({ length: memberCount }, (_, index) => index)
        const held = new Map(shards.map((shard) => [shard, owners[shard] as number]))
        const result = shareOut(shards, held, members)
        expect([...result.keys()].toSorted((one, other) => one - other)).toEqual(shards)
        const sizes = members.map((member) => [...result.values()].filter((owner) => owner === member).length)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
        const kept = shards.filter((shard) => result.get(shard) === held.get(shard)).length
        const before = members
          .map((member) => shards.filter((shard) => held.get(shard) === member).length)
          .toSorted((one, two) => two - one)
        const least = Math.floor(shardCount / memberCount)
        const odd = shardCount - least * memberCount
        expect(kept).toBe(before.reduce((sum, size, at) => sum + Math.min(size, at < odd ? least + 1 : least), 0))
      },
    ),
  )
})

it('gives nothing to nobody', () => {
  expect(shareOut([1, 2], new Map([[1, 'gone']]), []).size).toBe(0)
})
