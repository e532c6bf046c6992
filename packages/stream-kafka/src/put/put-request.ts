import { invalidPutRecord, type PutRecord, type PutRefused, type PutResult, type Shard, type ShardIdentity } from '@millrace/stream'
import { AcceptedPut } from '@millrace/stream/local'
import type { PutSlice } from './put-slice.ts'

/** What a record is counted as beside its data and key while it is under way. */
const recordOverheadBytes = 64

export interface PutRequestOptions {
  readonly topic: string
  readonly sliceBytesMax: number
  readonly pressure: PutRefused
  readonly route: (record: PutRecord) => Shard
  readonly partitionOf: (shard: Shard) => number
  /** False when there is no room for so many bytes more. */
  readonly reserve: (bytes: number) => boolean
  readonly release: (bytes: number) => void
  /** Refuses what was not sent yet, once the stream has ended. */
  readonly gone: () => PutRefused | undefined
  /** Whether records may be sent to the shard at present. */
  readonly mayGo: (shard: ShardIdentity) => boolean
  /** Records of the shard were written, the last one at the position. */
  readonly written: (shard: ShardIdentity, lastPosition: number) => void
}

/** A slice that can be sorted anew: its shard may be closed while it waits. */
export interface RoutedSlice extends PutSlice {
  rerouted(): readonly RoutedSlice[]
}

/** One call of `put`: gathers what becomes of each record, and resolves when that is known of all. */
export class PutRequest {
  readonly results: Promise<readonly PutResult[]>
  readonly slices: readonly RoutedSlice[]
  readonly #options: PutRequestOptions
  readonly #answers: PutResult[] = []
  readonly #resolve: (results: readonly PutResult[]) => void
  #unsettled: number
  #refused: PutRefused | undefined

  constructor(records: readonly PutRecord[], options: PutRequestOptions) {
    this.#options = options
    const { promise, resolve } = Promise.withResolvers<readonly PutResult[]>()
    this.results = promise
    this.#resolve = resolve
    const slices = this.#sort(records)
    this.slices = slices
    this.#unsettled = slices.length
    if (slices.length === 0) resolve(this.#answers)
  }

  get refusal(): PutRefused | undefined {
    return this.#refused ?? this.#options.gone()
  }

  settle(slice: Slice, answer: (at: number) => PutResult): void {
    this.#options.release(slice.bytes)
    for (let at = 0; at < slice.indexes.length; at++) this.#answers[slice.indexes[at] as number] = answer(at)
    this.#unsettled -= 1
    if (this.#unsettled === 0) this.#resolve(this.#answers)
  }

  /** The records of a slice whose shard was closed, sorted anew. */
  reroute(slice: Slice): readonly RoutedSlice[] {
    const open = new Map<Shard, Slice>()
    const slices: Slice[] = []
    for (const [at, record] of slice.records.entries()) {
      this.#add(open, slices, record, slice.indexes[at] as number, pendingBytesOf(record))
    }
    this.#unsettled += slices.length - 1
    return slices
  }

  /** From now on refuses what was not sent yet. */
  refuse(refusal: PutRefused): void {
    this.#refused ??= refusal
  }

  /**
   * Sorts the records by shard into slices. After the first record that finds no room all others are refused as well: the order of a key must
   * not depend on which of its records happened to fit.
   */
  #sort(records: readonly PutRecord[]): Slice[] {
    const { pressure, reserve } = this.#options
    const slices: Slice[] = []
    const open = new Map<Shard, Slice>()
    let full = false
    for (let index = 0; index < records.length; index++) {
      const record = records[index] as PutRecord
      const invalid = invalidPutRecord(record)
      if (invalid !== undefined) {
        this.#answers[index] = { accepted: false, retryable: false, reason: 'invalid-record', message: invalid }
        continue
      }
      const bytes = pendingBytesOf(record)
      full ||= !reserve(bytes)
      if (full) {
        this.#answers[index] = pressure
        continue
      }
      this.#add(open, slices, record, index, bytes)
    }
    return slices
  }

  #add(open: Map<Shard, Slice>, slices: Slice[], record: PutRecord, index: number, bytes: number): void {
    const { route, sliceBytesMax, partitionOf } = this.#options
    const shard = route(record)
    let slice = open.get(shard)
    if (slice === undefined || slice.bytes + bytes > sliceBytesMax) {
      slice = new Slice(this, this.#options, shard, partitionOf(shard))
      open.set(shard, slice)
      slices.push(slice)
    }
    slice.add(record, index, bytes)
  }
}

function pendingBytesOf(record: PutRecord): number {
  return record.data.byteLength + record.partitionKey.length + recordOverheadBytes
}

class Slice implements RoutedSlice {
  readonly topic: string
  readonly partition: number
  readonly records: PutRecord[] = []
  readonly indexes: number[] = []
  bytes = 0
  readonly #request: PutRequest
  readonly #options: PutRequestOptions
  readonly #shard: ShardIdentity

  constructor(request: PutRequest, options: PutRequestOptions, shard: ShardIdentity, partition: number) {
    this.#request = request
    this.#options = options
    this.#shard = shard
    this.topic = options.topic
    this.partition = partition
  }

  add(record: PutRecord, index: number, bytes: number): void {
    this.records.push(record)
    this.indexes.push(index)
    this.bytes += bytes
  }

  refused(): PutRefused | undefined {
    return this.#request.refusal
  }

  mayGo(): boolean {
    return this.#options.mayGo(this.#shard)
  }

  rerouted(): readonly RoutedSlice[] {
    return this.#request.reroute(this)
  }

  accepted(firstPosition: number, arrivalTimestamp: number): void {
    this.#options.written(this.#shard, firstPosition + this.records.length - 1)
    this.#request.settle(this, (at) => new AcceptedPut(this.#shard, firstPosition + at, arrivalTimestamp))
  }

  refuse(refusal: PutRefused): void {
    this.#request.refuse(refusal)
    this.#request.settle(this, () => refusal)
  }
}
