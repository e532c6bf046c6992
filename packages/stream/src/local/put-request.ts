import { AcceptedPut } from './accepted-put.ts'
import { invalidPutRecord } from '../put-record-limits.ts'
import type { PutRecord, PutRefused, PutResult } from '../record.ts'
import type { PutSlice } from './commit-queue.ts'
import type { LocalShard } from './local-shard.ts'

/** What a record is counted as beside its data and key while it is under way. */
const recordOverheadBytes = 64

export function pendingBytesOf(record: PutRecord): number {
  return record.data.byteLength + record.partitionKey.length + recordOverheadBytes
}

/** One call of `put`: gathers what becomes of each record, and resolves when that is known of all. */
export class PutRequest {
  readonly results: Promise<readonly PutResult[]>
  readonly slices: PutSlice[] = []
  readonly #answers: PutResult[] = []
  readonly #resolve: (results: readonly PutResult[]) => void
  readonly #gone: () => PutRefused | undefined
  #options: SliceOptions | undefined
  #unsettled = 0
  #refused: PutRefused | undefined

  /** `gone` refuses whatever is not in a transaction yet, once the stream has ended. */
  constructor(gone: () => PutRefused | undefined) {
    this.#gone = gone
    const { promise, resolve } = Promise.withResolvers<readonly PutResult[]>()
    this.results = promise
    this.#resolve = resolve
  }

  /**
   * Sorts the records by shard into slices. `reserve` is asked for room for each one; after the first that finds none, all others are
   * refused as well: the order of a key must not depend on which of its records happened to fit.
   */
  add(records: readonly PutRecord[], options: SliceOptions): void {
    this.#options = options
    const open = new Map<LocalShard, Slice>()
    let full = false
    for (const [index, record] of records.entries()) {
      const invalid = invalidPutRecord(record)
      if (invalid !== undefined) {
        this.#answers[index] = { accepted: false, retryable: false, reason: 'invalid-record', message: invalid }
        continue
      }
      const bytes = pendingBytesOf(record)
      full ||= !options.reserve(bytes)
      if (full) {
        this.#answers[index] = options.pressure
        continue
      }
      addTo(open, this.slices, this, options, record, index, bytes)
    }
    this.#unsettled = this.slices.length
    if (this.#unsettled === 0) this.#resolve(this.#answers)
  }

  get refusal(): PutRefused | undefined {
    return this.#refused ?? this.#gone()
  }

  settle(indexes: readonly number[], answer: (at: number) => PutResult): void {
    for (let at = 0; at < indexes.length; at++) this.#answers[indexes[at] as number] = answer(at)
    this.#unsettled -= 1
    if (this.#unsettled === 0) this.#resolve(this.#answers)
  }

  /** The records of a slice whose shard was closed, sorted anew. */
  reroute(records: readonly PutRecord[], indexes: readonly number[]): PutSlice[] {
    const open = new Map<LocalShard, Slice>()
    const slices: PutSlice[] = []
    for (const [at, record] of records.entries()) {
      addTo(open, slices, this, this.#options as SliceOptions, record, indexes[at] as number, pendingBytesOf(record))
    }
    this.#unsettled += slices.length - 1
    return slices
  }

  /** Refuses what was not settled yet. */
  refuse(refusal: PutRefused): void {
    this.#refused ??= refusal
  }
}

export interface SliceOptions {
  readonly sliceBytesMax: number
  readonly pressure: PutRefused
  readonly route: (record: PutRecord) => LocalShard
  /** False when there is no room for so many bytes more. */
  readonly reserve: (bytes: number) => boolean
  readonly release: (bytes: number) => void
}

/** Adds the record to the last slice of its shard, or to a new one behind the others. */
function addTo(
  open: Map<LocalShard, Slice>,
  slices: PutSlice[],
  request: PutRequest,
  options: SliceOptions,
  record: PutRecord,
  index: number,
  bytes: number,
): void {
  const shard = options.route(record)
  let slice = open.get(shard)
  if (slice === undefined || slice.bytes + bytes > options.sliceBytesMax) {
    slice = new Slice(shard, request, options.release)
    open.set(shard, slice)
    slices.push(slice)
  }
  slice.add(record, index, bytes)
}

class Slice implements PutSlice {
  readonly shard: LocalShard
  readonly records: PutRecord[] = []
  bytes = 0
  readonly #indexes: number[] = []
  readonly #request: PutRequest
  readonly #release: (bytes: number) => void

  constructor(shard: LocalShard, request: PutRequest, release: (bytes: number) => void) {
    this.shard = shard
    this.#request = request
    this.#release = release
  }

  add(record: PutRecord, index: number, bytes: number): void {
    this.records.push(record)
    this.#indexes.push(index)
    this.bytes += bytes
  }

  refused(): PutRefused | undefined {
    return this.#request.refusal
  }

  rerouted(): readonly PutSlice[] {
    return this.#request.reroute(this.records, this.#indexes)
  }

  accepted(firstPosition: number): void {
    this.#release(this.bytes)
    const { shard } = this.shard
    const arrival = this.shard.arrival(0)
    this.#request.settle(this.#indexes, (at) => new AcceptedPut(shard, firstPosition + at, arrival))
  }

  refuse(refusal: PutRefused): void {
    this.#release(this.bytes)
    this.#request.refuse(refusal)
    this.#request.settle(this.#indexes, () => refusal)
  }
}
