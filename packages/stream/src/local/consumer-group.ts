import { InvalidQueryError } from '../errors.ts'
import type { AssignedShard, SubscribeOptions } from '../stream.ts'
import type { LocalShard } from './local-shard.ts'
import { shareOut } from './share-out.ts'
import type { CursorSource } from './shard-cursor.ts'
import { ShardLane } from './shard-lane.ts'
import type { ShardStanding } from './shard-standing.ts'

/** A subscriber: its shards that were not handed out yet wait in `assigned`. */
class Member {
  readonly options: SubscribeOptions
  assigned: ShardLane[] = []
  wake: () => void = () => {}

  constructor(options: SubscribeOptions) {
    this.options = options
  }

  /** Resolves at the next change. */
  changed(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.wake = resolve
    return promise
  }
}

export interface ConsumerGroupOptions {
  readonly standings: readonly ShardStanding[]
  readonly cursors: CursorSource
  /** First position of a consumer that has no checkpoint on the shard. The answer of the first call in a turn counts as of that turn. */
  begin(standing: ShardStanding, from: SubscribeOptions['startingPosition']): number | Promise<number>
}

/** All subscribers of one consumer name in this process, among whom the shards are shared out. */
export class ConsumerGroup {
  readonly #options: ConsumerGroupOptions
  /** By index of their shards. */
  #standings: readonly ShardStanding[]
  readonly #byShard: Map<LocalShard, ShardStanding>
  readonly #members: Member[] = []
  /** First positions of a new consumer, as they are found out. */
  readonly #places = new Map<ShardStanding, Promise<number>>()
  readonly #held = new Map<ShardStanding, { readonly member: Member; readonly lane: ShardLane }>()
  #ended: Error | undefined

  constructor(options: ConsumerGroupOptions) {
    this.#standings = options.standings
    this.#options = options
    this.#byShard = new Map(options.standings.map((standing) => [standing.shard, standing]))
  }

  get standings(): readonly ShardStanding[] {
    return this.#standings
  }

  standing(shard: LocalShard): ShardStanding | undefined {
    return this.#byShard.get(shard)
  }

  /** Shards in hand at present. */
  get lanes(): number {
    return this.#held.size
  }

  get members(): number {
    return this.#members.length
  }

  async *subscribe(options: SubscribeOptions, signal: AbortSignal): AsyncGenerator<AssignedShard, void> {
    assertLimits(options)
    if (signal.aborted) return
    const member = new Member(options)
    const leave = (): void => this.#leave(member)
    signal.addEventListener('abort', leave)
    this.#members.push(member)
    this.#place(options)
    this.#rebalance()
    try {
      for (;;) {
        if (this.#ended !== undefined) throw this.#ended
        const lane = member.assigned.shift()
        if (lane !== undefined) yield lane
        else if (signal.aborted) return
        else await member.changed()
      }
    } finally {
      signal.removeEventListener('abort', leave)
      leave()
    }
  }

  /** Shards were opened, or closed. */
  reshaped(opened: readonly ShardStanding[]): void {
    this.#standings = [...this.#standings, ...opened]
    for (const standing of opened) this.#byShard.set(standing.shard, standing)
    this.#rebalance()
  }

  /** The shard is gone. */
  forget(shard: LocalShard): void {
    const standing = this.#byShard.get(shard)
    if (standing === undefined) return
    this.#revoke(standing)
    this.#byShard.delete(shard)
    this.#places.delete(standing)
    this.#standings = this.#standings.filter((other) => other !== standing)
    this.#rebalance()
  }

  /** Takes every shard back; whoever is subscribed gets the error. */
  end(error: Error): void {
    this.#ended = error
    for (const { lane } of this.#held.values()) lane.revoke()
    this.#held.clear()
    for (const member of this.#members) member.wake()
  }

  #leave(member: Member): void {
    const at = this.#members.indexOf(member)
    if (at < 0) return
    this.#members.splice(at, 1)
    for (const [standing, held] of this.#held) if (held.member === member) this.#revoke(standing)
    member.assigned = []
    member.wake()
    this.#rebalance()
  }

  #rebalance(): void {
    if (this.#ended !== undefined) return
    const before = new Map([...this.#held].map(([standing, held]) => [standing, held.member]))
    const after = shareOut(openStandings(this.#standings), before, this.#members)
    for (const [standing, member] of before) if (after.get(standing) !== member) this.#revoke(standing)
    for (const [standing, member] of after) if (!this.#held.has(standing)) this.#assign(standing, member)
  }

  #revoke(standing: ShardStanding): void {
    const held = this.#held.get(standing)
    if (held === undefined) return
    this.#held.delete(standing)
    held.lane.revoke()
    held.member.assigned = held.member.assigned.filter((lane) => lane !== held.lane)
  }

  #assign(standing: ShardStanding, member: Member): void {
    // A finished shard makes room for its children.
    const finished = (): void => this.#rebalance()
    // A shard that was opened after the consumer had come is read from its first record.
    const begin = this.#places.get(standing) ?? this.#begin(standing, { type: 'TRIM_HORIZON' })
    const lane = new ShardLane(standing, begin, member.options, this.#options.cursors, finished)
    this.#held.set(standing, { member, lane })
    member.assigned.push(lane)
    member.wake()
  }

  /** A new consumer gets its place in every shard at once: what is opened later holds what comes after. */
  #place({ startingPosition }: SubscribeOptions): void {
    if (startingPosition.type === 'TRIM_HORIZON' || this.#standings.some(({ settled }) => settled !== undefined) || this.#places.size > 0)
      return
    for (const standing of this.#standings) {
      const place = this.#begin(standing, startingPosition)
      this.#places.set(standing, place)
      place
        .then(() => {
          this.#places.delete(standing)
          if (standing.finished) this.#rebalance()
        })
        // Told to whoever iterates; the next subscriber tries again.
        .catch(() => this.#places.delete(standing))
    }
  }

  /** Where a consumer begins is kept as its first checkpoint: what arrives while it is away for the first time must not be passed over. */
  async #begin(standing: ShardStanding, from: SubscribeOptions['startingPosition']): Promise<number> {
    if (standing.settled !== undefined) return standing.settled
    const found = this.#options.begin(standing, from)
    const position = typeof found === 'number' ? found : await found
    try {
      await standing.settle(position)
    } catch {
      // A storage that cannot be written at present takes it with the next checkpoint.
    }
    return standing.settled ?? position
  }
}

/** Standings that there is work on: not finished, and whose parents are. */
function openStandings(standings: readonly ShardStanding[]): ShardStanding[] {
  const unfinished = new Set(standings.filter((standing) => !standing.finished).map((standing) => standing.shard.shard.shardId))
  return standings.filter(({ shard: { shard } }) => {
    const waits = [shard.parentShardId, shard.adjacentParentShardId].some((parent) => parent !== undefined && unfinished.has(parent))
    return unfinished.has(shard.shardId) && !waits
  })
}

function assertLimits(options: SubscribeOptions): void {
  for (const name of ['batchRecordsMax', 'batchBytesMax'] as const) {
    if (!(options[name] >= 1)) throw new InvalidQueryError(`${name} must be at least 1; ${options[name]} is not.`)
  }
}
