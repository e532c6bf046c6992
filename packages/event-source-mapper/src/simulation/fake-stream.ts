import type {
  AssignedShard,
  PutResult,
  ReadResult,
  RecordSource,
  Shard,
  ShardLag,
  Stream,
  StreamRecord,
  SubscribeOptions,
} from '@millrace/stream'
import { ShardRevokedError, shardIdOf } from '@millrace/stream'
import { LentRecord } from './lent-record.ts'

/** A shard while it is assigned: one ownership of many. */
export interface Ownership {
  readonly shard: FakeShard
  readonly revoked: AbortController
}

/** A shard of the fake stream: its records, and the checkpoint that its consumer stored. */
export class FakeShard {
  /** Closed ones, whose records come before this one's. */
  readonly parents: readonly FakeShard[]
  readonly source: RecordSource
  readonly records: StreamRecord[] = []
  checkpoint = 0
  closed = false
  readonly wake: Set<() => void> = new Set()

  constructor(index: number, parents: readonly FakeShard[] = []) {
    this.parents = parents
    this.source = { streamName: 'fake', incarnation: 'i0', shard: { shardId: shardIdOf(index), index, createdTimestamp: 0 } }
  }

  /** `gap` positions are left out before the record. */
  append(partitionKey: string, data: Uint8Array, arrival: number, gap = 0): StreamRecord {
    const position = (this.records.at(-1)?.position ?? -1) + 1 + gap
    const record: StreamRecord = {
      partitionKey,
      data,
      position,
      sequenceNumber: `${this.source.shard.index}-${position}`,
      approximateArrivalTimestamp: arrival,
      headers: {},
      producerSequence: undefined,
    }
    this.records.push(record)
    this.ring()
    return record
  }

  close(): void {
    this.closed = true
    this.ring()
  }

  /** Everything is settled, and nothing more will come. */
  get finished(): boolean {
    return this.closed && this.checkpoint > (this.records.at(-1)?.position ?? -1)
  }

  ring(): void {
    for (const wake of this.wake) wake()
  }
}

/** A stream whose assignments and failures a test decides. */
export class FakeStream implements Stream {
  readonly name = 'fake'
  readonly incarnation = 'i0'
  readonly fakeShards: FakeShard[]
  /** Called before a checkpoint is stored; may throw, may take its time. */
  beforeCheckpoint: (ownership: Ownership, position: number) => Promise<void> = () => Promise.resolve()
  /** Thrown by the next poll. */
  readError: Error | undefined
  #unassigned: FakeShard[]
  readonly #owned = new Map<FakeShard, Ownership>()
  readonly #bySource = new WeakMap<RecordSource, Ownership>()
  #assign: (() => void) | undefined

  constructor(shardCount: number) {
    this.fakeShards = Array.from({ length: shardCount }, (_, index) => new FakeShard(index))
    this.#unassigned = [...this.fakeShards]
  }

  /** Takes the shard away from its owner; it is assigned again by `assign`. */
  revoke(shard: FakeShard): void {
    const ownership = this.#owned.get(shard)
    if (ownership === undefined) return
    this.#owned.delete(shard)
    this.#unassigned.push(shard)
    ownership.revoked.abort()
  }

  /** Closes one shard for two, or two for one: the children are assigned when their parents are finished. */
  reshard(parents: readonly FakeShard[]): void {
    const children = parents.length === 1 ? 2 : 1
    for (let count = 0; count < children; count++) {
      const child = new FakeShard(this.fakeShards.length, parents)
      this.fakeShards.push(child)
      this.#unassigned.push(child)
    }
    for (const parent of parents) parent.close()
  }

  assign(): void {
    this.#assign?.()
  }

  ownerOf(shard: FakeShard): Ownership | undefined {
    return this.#owned.get(shard)
  }

  /** The ownership under which records were polled: each has a source object of its own. */
  ownershipOf(source: RecordSource): Ownership {
    const ownership = this.#bySource.get(source)
    if (ownership === undefined) throw new Error('No shard was assigned with this source.')
    return ownership
  }

  async *subscribe(_consumer: string, options: SubscribeOptions, signal: AbortSignal): AsyncIterable<AssignedShard> {
    try {
      while (!signal.aborted) {
        const ready = this.#unassigned.filter((shard) => shard.parents.every((parent) => parent.finished))
        this.#unassigned = this.#unassigned.filter((shard) => !ready.includes(shard))
        for (const shard of ready) {
          const ownership = { shard, revoked: new AbortController() }
          this.#owned.set(shard, ownership)
          yield this.#assigned(ownership, options)
        }
        await new Promise<void>((resolve) => {
          this.#assign = resolve
          if (signal.aborted) resolve()
          signal.addEventListener('abort', () => resolve(), { once: true })
        })
      }
    } finally {
      for (const shard of this.#owned.keys()) this.revoke(shard)
    }
  }

  #assigned(ownership: Ownership, options: SubscribeOptions): AssignedShard {
    const { shard, revoked } = ownership
    const source = { ...shard.source }
    this.#bySource.set(source, ownership)
    return {
      source,
      revoked: revoked.signal,
      batches: () => this.#batches(ownership, options),
      checkpoint: async (position) => {
        await this.beforeCheckpoint(ownership, position)
        if (revoked.signal.aborted) throw new ShardRevokedError(shard.source.shard.shardId)
        shard.checkpoint = Math.max(shard.checkpoint, position)
        if (shard.finished) this.assign()
      },
      release: (records) => {
        for (const record of records) (record as LentRecord).release()
      },
    }
  }

  async *#batches({ shard, revoked: { signal } }: Ownership, options: SubscribeOptions): AsyncIterable<readonly StreamRecord[]> {
    let next = shard.records.findIndex((record) => record.position >= shard.checkpoint)
    if (next < 0) next = shard.records.length
    while (!signal.aborted) {
      if (this.readError !== undefined) {
        const error = this.readError
        this.readError = undefined
        throw error
      }
      const end = endOfBatch(shard.records, next, options)
      if (end > next) {
        yield shard.records.slice(next, end).map((record) => new LentRecord(record))
        next = end
      } else if (shard.closed) return
      else await untilRung(shard, signal)
    }
  }

  isSubscribed(): boolean {
    return this.#assign !== undefined
  }

  hasSubscribers(): Promise<boolean> {
    return Promise.resolve(this.isSubscribed())
  }
  forgetConsumer(): Promise<void> {
    return unused()
  }
  shards(): Promise<readonly Shard[]> {
    return unused()
  }
  put(): Promise<readonly PutResult[]> {
    return unused()
  }
  read(): Promise<ReadResult> {
    return unused()
  }
  lag(): Promise<readonly ShardLag[]> {
    return unused()
  }
}

function endOfBatch(records: readonly StreamRecord[], from: number, options: SubscribeOptions): number {
  let bytes = 0
  let end = from
  for (; end < records.length && end - from < options.batchRecordsMax; end++) {
    bytes += (records[end] as StreamRecord).data.byteLength
    if (end > from && bytes > options.batchBytesMax) break
  }
  return end
}

function untilRung(shard: FakeShard, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      shard.wake.delete(done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    shard.wake.add(done)
    signal.addEventListener('abort', done)
  })
}

function unused(): never {
  throw new Error('The mapper has no use for this.')
}
