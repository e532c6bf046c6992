import type { AssignedShard, StreamRecord } from '@millrace/stream'
import { dataBytesOf } from '@millrace/stream'
import { CheckpointTracker } from './checkpoint-tracker.ts'
import { CheckpointWriter } from './checkpoint-writer.ts'
import { DeadLetterWriter } from './dead-letter-writer.ts'
import { FailureNotifier } from './failure-notifier.ts'
import type { RecordFilter } from './filter/filter-criteria.ts'
import type { MapperContext, ShardSignals } from './mapper-context.ts'
import type { ShardStats } from './mapper-stats.ts'
import type { MappingParameters } from './mapping-parameters.ts'
import type { MeasureRecord } from './payload-size.ts'
import { measureRecords } from './payload-size.ts'
import type { PollLimits } from './poll-limits.ts'
import { RecordChunk } from './record-chunk.ts'
import { ShardLanes } from './shard-lanes.ts'
import { ShardSettlement } from './shard-settlement.ts'
import { aborted, Bell, untilAborted } from './waiting.ts'
import { ShardWindow } from './window/shard-window.ts'

/** Works on one shard for as long as it is assigned: polls, hands the records to the lanes, and has what they settle checkpointed. */
export class ShardWorker {
  readonly #shard: AssignedShard
  readonly #context: MapperContext
  readonly #signals: ShardSignals
  readonly #poll: PollLimits
  readonly #tracker = new CheckpointTracker()
  readonly #checkpoints: CheckpointWriter
  readonly #settlement: ShardSettlement
  readonly #lanes: ShardLanes
  readonly #room = new Bell()
  readonly #release: ((records: readonly StreamRecord[]) => void) | undefined
  #measured: MappingParameters['payload']
  #measure: MeasureRecord
  /** What of the mapper's bytes is this shard's. */
  #bufferedBytes = 0
  #blocked = false
  #ended = false
  /** Whoever had the shard before ran at most one window ahead of the checkpoint from which this one began. */
  #handledBefore = Number.POSITIVE_INFINITY
  /** Position after the last record that was polled. */
  #polledTo = 0

  constructor(shard: AssignedShard, context: MapperContext, signals: ShardSignals, poll: PollLimits, onLanes: () => void) {
    this.#shard = shard
    this.#context = context
    this.#signals = signals
    this.#poll = poll
    const { source } = shard
    this.#release = shard.release === undefined ? undefined : (records) => shard.release?.(records)
    this.#measured = context.parameters.payload
    this.#measure = measureRecords(this.#measured, source)
    const onRoom = (): void => this.#room.ring()
    const onSettled = (): void => {
      this.#countBuffered()
      onRoom()
    }
    this.#checkpoints = new CheckpointWriter(shard, context, signals.stop, onRoom)
    const window = new ShardWindow()
    this.#settlement = new ShardSettlement({
      context,
      tracker: this.#tracker,
      checkpoints: this.#checkpoints,
      deadLetters: new DeadLetterWriter(source, context, signals),
      failures: new FailureNotifier(source, context, signals),
      window,
      stop: signals.stop,
      onSettled,
    })
    const complete = (): 'ended' | 'for-now' | undefined => (this.#ended ? 'ended' : this.#blocked ? 'for-now' : undefined)
    const mayHaveBeenHandled = (position: number): boolean => position < this.#handledBefore
    const settlement = this.#settlement
    this.#lanes = new ShardLanes({ source, context, signals, settlement, window, complete, mayHaveBeenHandled, onTaken: onRoom, onLanes })
  }

  /**
   * Until the shard has ended and is settled, was revoked, or the mapper stops. Never rejects: `onFailure` hears what the shard failed with, and
   * is expected to stop the mapper.
   */
  async run(onFailure: (error: unknown) => void): Promise<void> {
    const { drain } = this.#signals
    const wake = (): void => this.#room.ring()
    drain.addEventListener('abort', wake)
    const offRoom = this.#context.buffered.onRoom(wake)
    try {
      await Promise.all([this.#feed().catch(onFailure), this.#lanes.run(onFailure)])
      await this.#checkpoints.flushed()
    } finally {
      offRoom()
      this.#context.buffered.remove(this.#bufferedBytes)
      this.#bufferedBytes = 0
      drain.removeEventListener('abort', wake)
    }
  }

  /** Looks at the context's parameters anew. */
  update(): void {
    this.#lanes.update()
    this.#room.ring()
  }

  /** Records that are not settled. */
  get inFlight(): number {
    return this.#tracker.unsettled
  }

  get laneCount(): number {
    return this.#lanes.count
  }

  stats(): ShardStats {
    const { oldestUnsettledTimestamp } = this.#tracker
    return {
      shardId: this.#shard.source.shard.shardId,
      checkpoint: this.#tracker.checkpoint,
      inFlight: this.#tracker.unsettled,
      windowRecords: this.#tracker.windowRecords,
      windowBytes: this.#tracker.windowBytes,
      oldestUnsettledTimestamp,
      iteratorAgeMs: oldestUnsettledTimestamp === undefined ? 0 : Math.max(0, this.#context.clock.now() - oldestUnsettledTimestamp),
      blocked: this.#blocked,
      lanes: this.#lanes.stats(),
    }
  }

  async #feed(): Promise<void> {
    const { drain } = this.#signals
    const batches = this.#shard.batches()[Symbol.asyncIterator]()
    try {
      while (await this.#roomToPoll()) {
        const step = await untilAborted(batches.next(), drain)
        if (step === aborted) return
        if (step.done === true) {
          this.#ended = true
          return this.#lanes.ring()
        }
        this.#receive(step.value)
      }
    } finally {
      // Not awaited: at the tip of a shard it ends only with the subscription.
      batches.return?.().catch(() => undefined)
    }
  }

  #receive(records: readonly StreamRecord[]): void {
    const { clock, counters, filter, parameters } = this.#context
    if (this.#handledBefore === Number.POSITIVE_INFINITY) {
      const begin = records[0]?.position ?? 0
      this.#checkpoints.begin(begin)
      this.#handledBefore = begin + parameters.inFlightRecordsMax
    }
    this.#polledTo = (records.at(-1)?.position ?? 0) + 1
    if (this.#measured !== parameters.payload) {
      this.#measured = parameters.payload
      this.#measure = measureRecords(parameters.payload, this.#shard.source)
    }
    const sizes = new Uint32Array(records.length)
    let dataBytes = 0
    for (let index = 0; index < records.length; index++) {
      const record = records[index] as StreamRecord
      dataBytes += dataBytesOf(record)
      sizes[index] = this.#measure(record)
    }
    const chunk = new RecordChunk(records, sizes, dataBytes, clock.now(), this.#release)
    this.#tracker.add(chunk)
    counters.received += records.length
    counters.receivedBytes += dataBytes
    if (filter === undefined) this.#lanes.add(chunk)
    else this.#filter(filter, chunk)
    this.#countBuffered()
  }

  #countBuffered(): void {
    const { windowBytes } = this.#tracker
    const more = windowBytes - this.#bufferedBytes
    this.#bufferedBytes = windowBytes
    if (more > 0) this.#context.buffered.add(more)
    else if (more < 0) this.#context.buffered.remove(-more)
  }

  /** Settles what the filter leaves out, and deals out the rest. */
  #filter(filter: RecordFilter, chunk: RecordChunk): void {
    const { length } = chunk.records
    const passed: number[] = []
    let from = 0
    for (let index = 0; index < length; index++) {
      if (!filter.matches(chunk.records[index] as StreamRecord)) continue
      passed.push(index)
      if (index > from) this.#settlement.filteredOut(chunk, from, index)
      from = index + 1
    }
    if (length > from) this.#settlement.filteredOut(chunk, from, length)
    if (passed.length > 0) this.#lanes.add(chunk, passed.length === length ? undefined : Uint32Array.from(passed))
  }

  /** Waits until a further array fits. False when nothing may be polled any more. */
  async #roomToPoll(): Promise<boolean> {
    for (;;) {
      if (this.#signals.drain.aborted) return false
      const held = this.#heldBy()
      const blocked = held === 'window' || held === 'buffer'
      if (blocked && !this.#blocked) {
        this.#blocked = true
        this.#lanes.ring()
      }
      this.#blocked = blocked
      if (held === undefined) return true
      await this.#room.wait(this.#context.clock)
    }
  }

  #heldBy(): 'window' | 'lanes' | 'buffer' | undefined {
    const { inFlightRecordsMax, inFlightBytesMax } = this.#context.parameters
    const { windowRecords, windowBytes } = this.#tracker
    if (windowRecords > 0) {
      if (windowRecords + this.#poll.recordsMax > inFlightRecordsMax || windowBytes + this.#poll.bytesMax > inFlightBytesMax)
        return 'window'
    }
    // A successor counts the window from the checkpoint that was written, not from the one that is on its way.
    const { behindAt } = this.#checkpoints
    if (behindAt !== undefined && this.#polledTo - behindAt + this.#poll.recordsMax > inFlightRecordsMax) return 'window'
    if (this.#lanes.full) return 'lanes'
    const { buffered } = this.#context
    if (windowRecords > 0 && buffered.full && (this.#lanes.waiting || windowBytes >= buffered.share)) return 'buffer'
    return undefined
  }
}
