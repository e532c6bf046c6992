import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { hashKeyEnd, hashKeyOf, splitHashKeys } from './hash-key.ts'
import { type Shard, shardIdOf } from './shard.ts'
import { ShardRouter } from './shard-router.ts'

function shards(count: number): Shard[] {
  return splitHashKeys(count).map((range, index) => ({ shardId: shardIdOf(index), index, ...range, createdTimestamp: 0 }))
}

function holder(all: readonly Shard[], key: bigint): Shard | undefined {
  return all.find((shard) => shard.startingHashKey <= key && key <= shard.endingHashKey)
}

it('finds the shard whose range holds the key', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.string({ minLength: 1 })),
      fc.bigInt({ min: 0n, max: hashKeyEnd - 1n }),
      (count, keys, explicit) => {
        const all = shards(count)
        const router = new ShardRouter(all)
        for (const key of [...keys, ...keys]) expect(router.route(key)).toBe(holder(all, hashKeyOf(key)))
        expect(router.route('any', explicit.toString())).toBe(holder(all, explicit))
      },
    ),
  )
})

it('goes on being right when more keys come than it remembers', () => {
  const all = shards(16)
  const router = new ShardRouter(all)
  for (let index = 0; index < 10_000; index++) router.route(`k${index}`)
  for (let index = 0; index < 100; index++) expect(router.route(`k${index}`)).toBe(holder(all, hashKeyOf(`k${index}`)))
})

it('gives nothing to closed shards', () => {
  const [parent] = shards(1) as [Shard]
  const children = shards(2).map((shard, at) => ({ ...shard, index: at + 1, shardId: shardIdOf(at + 1), parentShardId: parent.shardId }))
  const router = new ShardRouter([{ ...parent, endingPosition: 10 }, ...children])
  for (let index = 0; index < 50; index++) expect(router.route(`k${index}`)).toBe(holder(children, hashKeyOf(`k${index}`)))
  expect(() => new ShardRouter([{ ...parent, endingPosition: 10 }])).toThrow(RangeError)
})
