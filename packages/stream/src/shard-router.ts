import { hash } from 'node:crypto'
import { parseHashKey } from './hash-key.ts'
import type { Shard } from './shard.ts'

/** Partition keys whose shard is remembered; when there are more, the memory starts anew. */
const rememberedKeysMax = 4_096

/** Finds the open shard of a record. */
export class ShardRouter {
  /** Starts of the ranges as 32 hexadecimal digits, ascending: text of one width sorts as the numbers do, and compares faster. */
  readonly #starts: readonly string[]
  readonly #shards: readonly Shard[]
  readonly #remembered = new Map<string, Shard>()
  #lastKey: string | undefined
  #lastShard: Shard | undefined

  /** `shards` may hold closed ones, which get nothing. At least one must be open. */
  constructor(shards: readonly Shard[]) {
    this.#shards = shards.filter((shard) => shard.endingPosition === undefined).toSorted(byStart)
    this.#starts = this.#shards.map((shard) => hexDigits(shard.startingHashKey))
    if (this.#shards.length === 0) throw new RangeError('A stream without an open shard takes no records.')
  }

  /** The shard of a partition key, or of the explicit hash key where there is one. The explicit key must be valid (`invalidPutRecord` tells). */
  route(partitionKey: string, explicitHashKey?: string): Shard {
    if (this.#shards.length === 1) return this.#shards[0] as Shard
    if (explicitHashKey !== undefined) return this.#find(hexDigits(parseHashKey(explicitHashKey) ?? 0n))
    if (partitionKey === this.#lastKey) return this.#lastShard as Shard
    let shard = this.#remembered.get(partitionKey)
    if (shard === undefined) {
      shard = this.#find(hash('md5', partitionKey, 'hex'))
      if (this.#remembered.size >= rememberedKeysMax) this.#remembered.clear()
      this.#remembered.set(partitionKey, shard)
    }
    this.#lastKey = partitionKey
    this.#lastShard = shard
    return shard
  }

  #find(digits: string): Shard {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if ((this.#starts[middle] as string) <= digits) low = middle
      else high = middle - 1
    }
    return this.#shards[low] as Shard
  }
}

function byStart(one: Shard, other: Shard): number {
  return one.startingHashKey < other.startingHashKey ? -1 : 1
}

function hexDigits(key: bigint): string {
  return key.toString(16).padStart(32, '0')
}
