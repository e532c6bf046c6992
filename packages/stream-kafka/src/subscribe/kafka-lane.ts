import {
  type AssignedShard,
  InvalidPositionError,
  type ReadLimit,
  type RecordSource,
  ShardRevokedError,
  type StreamRecord,
} from '@millrace/stream'
import type { Marker } from '../records/decode-batch.ts'
import { type KafkaRecord, releaseRecords } from '../records/kafka-record.ts'
import type { RawBatch } from '../records/raw-batch.ts'
import type { KafkaShard } from '../topics/stream-layout.ts'
import type { Checkpoint } from './checkpoint.ts'
import { type MarkerJudgement, RecordQueue } from './record-queue.ts'

export interface LaneOptions {
  readonly shard: KafkaShard
  readonly source: RecordSource
  readonly limit: ReadLimit
  /** Has the checkpoint committed; resolves when that was tried for all that was settled up to the call. */
  readonly commit: () => Promise<void>
  /** There is room for more. */
  readonly onRoom: () => void
  /** Of a marker that is not the end that the shard map knows. */
  readonly judge: (marker: Marker) => 'pass' | 'hold'
  /** The last record of the closed shard is settled, and that is committed. */
  readonly onFinished: () => void
}

interface Gap {
  readonly from: number
  readonly to: number
}

/** A shard in the hands of this subscriber. It outlives a rebalance that leaves the shard here. */
export class KafkaLane implements AssignedShard {
  readonly source: RecordSource
  readonly revoked: AbortSignal
  #shard: KafkaShard
  readonly #options: LaneOptions
  readonly #abort = new AbortController()
  readonly #queue: RecordQueue
  /** Position to fetch from; undefined until it is known where to begin. */
  #next: number | undefined
  #tip = 0
  #settled = -1
  #committed = -1
  #lost = 0
  /** Records that were gone when they were to be fetched, and are not below the checkpoint yet. */
  #gaps: Gap[] = []
  /** Ends of the checkpoints that wait for their commit. */
  readonly #committing = new Set<() => void>()
  #failure: unknown
  #iterated = false
  /** Position behind the last record that was handed out. */
  #handedOut = -1
  /** Everything of the closed shard was handed out. */
  #ended = false
  #wake: () => void = () => {}

  constructor(options: LaneOptions) {
    this.#shard = options.shard
    this.source = options.source
    this.revoked = this.#abort.signal
    this.#options = options
    this.#queue = new RecordQueue(options.source, options.limit, (marker) => this.#judge(marker))
  }

  get shard(): KafkaShard {
    return this.#shard
  }

  /** The closed shard is settled to its end, and that is committed: it is nobody's any more. */
  get finished(): boolean {
    return this.#committed >= (this.#shard.endingPosition ?? Number.POSITIVE_INFINITY)
  }

  /** The shard as the map has it now. */
  reshaped(shard: KafkaShard): void {
    this.#shard = shard
    this.#queue.resume()
    this.#wake()
  }

  get next(): number | undefined {
    return this.#next
  }

  /** Compressed bytes that were fetched and are not handed out. */
  get waitingBytes(): number {
    return this.#queue.bytes
  }

  /** Whether it is worked on, and may be fetched for. */
  get live(): boolean {
    return this.#next !== undefined && !this.revoked.aborted && this.#failure === undefined && !this.#readToEnd
  }

  /** Where to begin, as it was committed; `isNew` for a consumer that never was here, whose place is to be kept. */
  begin(checkpoint: Checkpoint, tip: number, isNew: boolean): void {
    this.#lost = checkpoint.lostRecords
    this.#settled = checkpoint.position
    this.#committed = isNew ? -1 : checkpoint.position
    this.#next = checkpoint.position
    this.#tip = tip
    this.#wake()
  }

  /** Goes on at the position: what lay before it is gone. */
  skipTo(position: number): void {
    const from = this.#next ?? position
    if (position > from) this.#gaps.push({ from, to: position })
    this.#next = position
    this.#tip = Math.max(this.#tip, position)
    this.#wake()
  }

  /** Goes on at a lower position: the log has lost its end, and what comes now has positions that were in use before. */
  rewindTo(position: number): void {
    this.#next = position
    this.#tip = position
    this.#settled = position
    this.#committed = -1
  }

  /** Takes what was fetched; `end` is the position to fetch from next. */
  receive(batches: readonly RawBatch[], end: number, tip: number): void {
    const next = this.#next
    if (next === undefined || this.revoked.aborted) return
    for (const batch of batches) if (batch.endPosition > next) this.#queue.push(batch, next)
    this.#next = Math.max(next, end)
    this.#tip = Math.max(this.#tip, tip, this.#next)
    if (batches.length > 0) this.#wake()
  }

  /** It cannot be read any more: whoever iterates is told. */
  fail(error: unknown): void {
    this.#failure ??= error
    this.#wake()
  }

  revoke(): void {
    if (this.revoked.aborted) return
    this.#queue.clear()
    this.#abort.abort(new ShardRevokedError(this.source.shard.shardId))
    for (const refuse of this.#committing) refuse()
    this.#wake()
  }

  async *batches(): AsyncGenerator<readonly StreamRecord[], void> {
    if (this.#iterated) throw new Error(`The batches of ${this.source.shard.shardId} can be iterated once per assignment.`)
    this.#iterated = true
    while (!this.revoked.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      const records = await this.#queue.take()
      if (this.revoked.aborted) return
      if (records.length > 0) {
        this.#options.onRoom()
        this.#handedOut = (records.at(-1) as StreamRecord).position + 1
        yield records
        continue
      }
      if (this.#failure !== undefined) throw this.#failure
      if (this.#queue.ended || (this.#readToEnd && this.#queue.bytes === 0)) return this.#end()
      await promise
    }
  }

  /** Nothing below the end is left to fetch. */
  get #readToEnd(): boolean {
    const { endingPosition } = this.#shard
    return endingPosition !== undefined && (this.#next ?? -1) > endingPosition
  }

  #judge(marker: Marker): MarkerJudgement {
    const { endingPosition } = this.#shard
    if (endingPosition === undefined) return this.#options.judge(marker)
    return marker.position < endingPosition ? 'pass' : 'end'
  }

  /** Between the last record and the end is nothing that anyone could settle. */
  async #end(): Promise<void> {
    this.#ended = true
    if (this.#settled >= this.#handedOut) await this.checkpoint(this.#settled).catch(() => {})
  }

  async checkpoint(position: number): Promise<void> {
    const { shardId } = this.source.shard
    if (this.revoked.aborted) throw new ShardRevokedError(shardId)
    if (!Number.isSafeInteger(position) || position < 0 || position > Math.max(this.#tip, this.#settled)) {
      throw new InvalidPositionError(`${position} cannot be a checkpoint of ${shardId}, which is known up to ${this.#tip}.`)
    }
    if (position > this.#settled) this.#settle(position)
    const end = this.#ended && position >= this.#handedOut ? (this.#shard.endingPosition ?? position) : position
    if (end > this.#settled) this.#settle(end)
    const wanted = Math.min(end, this.#settled)
    if (this.#committed < wanted) {
      await this.#unlessRevoked(this.#options.commit())
      if (this.#committed < wanted) throw new ShardRevokedError(shardId)
    }
    if (this.finished) this.#options.onFinished()
  }

  release(records: readonly StreamRecord[]): void {
    // They are what the queue handed out.
    releaseRecords(records as readonly KafkaRecord[])
  }

  /** What is to be committed; undefined where nothing is. */
  get uncommitted(): Checkpoint | undefined {
    if (this.revoked.aborted || this.#next === undefined || this.#settled <= this.#committed) return undefined
    return { position: this.#settled, lostRecords: this.#lost }
  }

  committed({ position }: Checkpoint): void {
    this.#committed = Math.max(this.#committed, position)
  }

  /** Not a race of promises: each would leave something behind on the one that lasts as long as the lane. */
  #unlessRevoked(commit: Promise<void>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const refuse = (): void => reject(new ShardRevokedError(this.source.shard.shardId))
    this.#committing.add(refuse)
    commit.then(resolve, reject).finally(() => this.#committing.delete(refuse))
    return promise
  }

  #settle(position: number): void {
    let settled = position
    while (this.#gaps[0] !== undefined && this.#gaps[0].from <= settled) {
      const gap = this.#gaps.shift() as Gap
      this.#lost += gap.to - gap.from
      settled = Math.max(settled, gap.to)
    }
    this.#settled = settled
  }
}
