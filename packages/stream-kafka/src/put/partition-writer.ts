import type { PutRefused } from '@millrace/stream'
import { encodeBatch, type WireRecord } from '../records/encode-batch.ts'
import type { Compression } from '../wire/compression.ts'
import type { PutSlice } from './put-slice.ts'

export interface PartitionWriterOptions {
  readonly batchBytesMax: number
  readonly compression: Compression
  readonly now: () => number
  /** Asks the cluster for a number that no other producer has. */
  readonly newProducer: () => Promise<{ readonly producerId: number; readonly producerEpoch: number }>
}

/** A batch on its way. It stays the same, with the same sequence, however often it is sent. */
export interface Shipment {
  readonly slices: readonly PutSlice[]
  readonly bytes: Buffer
  readonly count: number
  readonly begunAt: number
  /** An attempt ended without an answer: the broker may have it. */
  uncertain: boolean
}

interface Session {
  readonly producerId: number
  readonly producerEpoch: number
  sequence: number
}

/** After it a producer's sequence begins at 0 again. */
const sequenceMax = 0x7fffffff

/**
 * What waits for one partition, and the batch that is under way: one at a time, so that records stay in order. A producer session numbers the batches, by
 * which the broker knows one that is sent twice. A batch that is given up while nobody knows whether it was written ends its session: in the same
 * session the next one would bear its number, and be taken for it.
 */
export class PartitionWriter {
  readonly topic: string
  readonly partition: number
  readonly #options: PartitionWriterOptions
  #waiting: PutSlice[] = []
  #session: Session | undefined
  #shipment: Shipment | undefined
  /** Failures in a row, and when the first of them was. */
  failures = 0
  failingSince: number | undefined
  /** Nothing is sent for a while: after a failure. */
  resting = false
  /** What waits may not be sent for now. */
  gated = false

  constructor(topic: string, partition: number, options: PartitionWriterOptions) {
    this.topic = topic
    this.partition = partition
    this.#options = options
  }

  get idle(): boolean {
    return this.#waiting.length === 0 && this.#shipment === undefined
  }

  add(slice: PutSlice): void {
    this.#waiting.push(slice)
  }

  /** The batch to send now: the one that failed before, else a new one. Undefined where all that waited was refused, or may not go. Rejects when no session can be had. */
  async next(): Promise<Shipment | undefined> {
    if (this.#shipment !== undefined) return this.#shipment
    this.#session ??= { ...(await this.#options.newProducer()), sequence: 0 }
    this.gated = this.#waiting[0]?.mayGo?.() === false
    if (this.gated) return undefined
    const slices = this.#take()
    if (slices.length === 0) return undefined
    const records = slices.length === 1 ? (slices[0] as PutSlice).records : slices.flatMap((slice) => slice.records)
    this.#shipment = await this.#ship(slices, records, this.#session)
    return this.#shipment
  }

  /** The batch is written. Nothing happens to a batch that was given up meanwhile. */
  accepted(shipment: Shipment, basePosition: number, arrivalTimestamp: number): void {
    if (!this.#end(shipment)) return
    const { slices, count, begunAt } = shipment
    this.failures = 0
    this.failingSince = undefined
    if (this.#session !== undefined) this.#session.sequence = (this.#session.sequence + count) & sequenceMax
    let position = basePosition
    for (const slice of slices) {
      slice.accepted(position, arrivalTimestamp < 0 ? begunAt : arrivalTimestamp)
      position += slice.records.length
    }
  }

  /** The batch is given up. */
  refuse(shipment: Shipment, refusal: PutRefused): void {
    if (!this.#end(shipment)) return
    // Whatever the reason: a session that is sure of its sequence costs one request.
    this.#session = undefined
    for (const slice of shipment.slices) slice.refuse(refusal)
  }

  /** A batch is under way. */
  get sending(): boolean {
    return this.#shipment !== undefined
  }

  /** Takes what waits out, in order. */
  takeBack(): PutSlice[] {
    this.gated = false
    return this.#waiting.splice(0)
  }

  /** Refuses all that waits. */
  refuseAll(refusal: PutRefused): void {
    if (this.#shipment !== undefined) this.refuse(this.#shipment, refusal)
    for (const slice of this.#waiting.splice(0)) slice.refuse(refusal)
  }

  #end(shipment: Shipment): boolean {
    if (this.#shipment !== shipment) return false
    this.#shipment = undefined
    return true
  }

  #take(): PutSlice[] {
    const slices: PutSlice[] = []
    let bytes = 0
    let taken = 0
    for (const slice of this.#waiting) {
      const refused = slice.refused()
      if (refused === undefined) {
        if (slices.length > 0 && bytes + slice.bytes > this.#options.batchBytesMax) break
        bytes += slice.bytes
        slices.push(slice)
      } else slice.refuse(refused)
      taken += 1
    }
    this.#waiting.splice(0, taken)
    return slices
  }

  async #ship(slices: readonly PutSlice[], records: readonly WireRecord[], session: Session): Promise<Shipment> {
    const begunAt = this.#options.now()
    const bytes = await encodeBatch(records, session, this.#options.compression, begunAt)
    return { slices, bytes, count: records.length, begunAt, uncertain: false }
  }
}
