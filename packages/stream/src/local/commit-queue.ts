import { StorageError } from '../errors.ts'
import { encodeAppended } from '../record-batch.ts'
import type { PutRecord, PutRefused } from '../record.ts'
import type { LocalShard } from './local-shard.ts'
import type { Append, Chunk, LocalStore, Operation } from './local-store.ts'

/** Records of one put for one shard: the unit that is accepted or refused as a whole. */
export interface PutSlice {
  readonly shard: LocalShard
  readonly records: readonly PutRecord[]
  /** Of data, keys left out. */
  readonly bytes: number
  /** The same records for the shards that follow, in order, once the slice's own is closed. */
  rerouted(): readonly PutSlice[]
  /** Undefined while the put may go on: once a slice of it was refused, its later ones are refused too, or a retry would change the order. */
  refused(): PutRefused | undefined
  accepted(firstPosition: number): void
  refuse(refusal: PutRefused): void
}

/** A write that is not a put. `take` is called as late as possible, when the transaction is made up. */
interface Job {
  take(): Operation
  /** Called at once when the transaction is on disk, before anything else happens. */
  done(answer: unknown): void
  failed(error: unknown): void
}

export interface CommitLimits {
  /** Chunks do not grow beyond it, unless a single record is larger. */
  readonly chunkBytesMax: number
  /** A transaction takes no further slice once it has as many bytes. */
  readonly commitBytesMax: number
}

/** Operations of one transaction besides puts. */
const operationsMax = 1_000

interface Group {
  readonly chunks: readonly OpenChunk[]
  readonly jobs: readonly Job[]
  readonly operations: readonly Operation[]
}

interface OpenChunk {
  readonly shard: LocalShard
  readonly slices: PutSlice[]
  readonly firstPosition: number
  count: number
  bytes: number
}

/**
 * Group commit: while one transaction is under way, whatever is asked for waits and then goes into the next one, all together. Positions and
 * arrivals are given as a transaction is made up, so that one which fails leaves no gap behind.
 */
export class CommitQueue {
  readonly #store: LocalStore
  readonly #limits: CommitLimits
  readonly #now: () => number
  readonly #appended: (shard: LocalShard, chunk: Chunk) => void
  #slices: PutSlice[] = []
  #jobs: Job[] = []
  #running: Promise<void> | undefined

  /** `appended` is called for each chunk that is on disk, in order, before the puts are answered. */
  constructor(store: LocalStore, limits: CommitLimits, now: () => number, appended: (shard: LocalShard, chunk: Chunk) => void) {
    this.#store = store
    this.#limits = limits
    this.#now = now
    this.#appended = appended
  }

  put(slices: readonly PutSlice[]): void {
    for (const slice of slices) this.#slices.push(slice)
    this.#start()
  }

  /** Resolves when the operation is on disk, to what `done` makes of the answer. `done` is called before any later transaction is made up. */
  run<Result = void>(take: () => Operation, done: (answer: unknown) => Result): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    this.#jobs.push({ take, done: (answer) => resolve(done(answer)), failed: reject })
    this.#start()
    return promise
  }

  /** What waits for shards that were closed goes to those that follow, in its place. */
  reroute(): void {
    this.#slices = this.#slices.flatMap((slice) => (slice.shard.shard.endingPosition === undefined ? [slice] : slice.rerouted()))
  }

  /** Resolves when nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  #start(): void {
    this.#running ??= this.#drain()
  }

  async #drain(): Promise<void> {
    // Whatever is asked for in the same turn goes into the first transaction already.
    await Promise.resolve()
    while (this.#slices.length > 0 || this.#jobs.length > 0) await this.#commit(this.#group())
    this.#running = undefined
  }

  async #commit(group: Group): Promise<void> {
    if (group.chunks.length === 0 && group.operations.length === 0) return
    try {
      const now = this.#now()
      const appends = group.chunks.map((chunk) => encodeChunk(chunk, chunk.shard.arrival(now)))
      const { chunks, answers } = await this.#store.commit(appends, group.operations)
      for (const [at, { shard }] of group.chunks.entries()) this.#appended(shard, chunks[at] as Chunk)
      for (const chunk of group.chunks) acceptAll(chunk)
      for (const [at, job] of group.jobs.entries()) job.done(answers[at])
      for (const { shard } of group.chunks) shard.wake()
    } catch (error) {
      const refusal = refusalOf(error)
      for (const { slices } of group.chunks) for (const slice of slices) slice.refuse(refusal)
      for (const job of group.jobs) job.failed(error)
    }
  }

  #group(): Group {
    const jobs = this.#jobs.splice(0, operationsMax)
    const operations = jobs.map((job) => job.take())
    let bytes = 0
    let taken = 0
    const chunks: OpenChunk[] = []
    const open = new Map<LocalShard, OpenChunk>()
    const waiting: PutSlice[] = []
    while (taken < this.#slices.length && (taken === 0 || bytes < this.#limits.commitBytesMax)) {
      const slice = this.#slices[taken++] as PutSlice
      const refused = slice.refused()
      if (refused !== undefined) {
        slice.refuse(refused)
        continue
      }
      if (slice.shard.closing) {
        waiting.push(slice)
        continue
      }
      bytes += slice.bytes
      let chunk = open.get(slice.shard)
      if (chunk === undefined || chunk.bytes + slice.bytes > this.#limits.chunkBytesMax) {
        const firstPosition = chunk === undefined ? slice.shard.tip : chunk.firstPosition + chunk.count
        chunk = { shard: slice.shard, slices: [], firstPosition, count: 0, bytes: 0 }
        open.set(slice.shard, chunk)
        chunks.push(chunk)
      }
      chunk.slices.push(slice)
      chunk.count += slice.records.length
      chunk.bytes += slice.bytes
    }
    this.#slices.splice(0, taken, ...waiting)
    return { jobs, operations, chunks }
  }
}

function encodeChunk(chunk: OpenChunk, arrivalTimestamp: number): Append {
  const { shard, slices, firstPosition, count } = chunk
  const records = slices.length === 1 ? (slices[0] as PutSlice).records : slices.flatMap((slice) => slice.records)
  const bytes = encodeAppended(records, firstPosition, arrivalTimestamp)
  return { shardKey: shard.key, firstPosition, count, arrivalTimestamp, bytes }
}

function acceptAll(chunk: OpenChunk): void {
  let position = chunk.firstPosition
  for (const slice of chunk.slices) {
    slice.accepted(position)
    position += slice.records.length
  }
}

function refusalOf(error: unknown): PutRefused {
  const message = error instanceof Error ? error.message : String(error)
  return { accepted: false, retryable: true, reason: error instanceof StorageError ? 'storage-full' : 'internal', message }
}
