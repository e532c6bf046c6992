import type { DeadLetter, RecordSource, StreamRecord } from '@millrace/stream'
import { backoffMs } from './backoff.ts'
import type { MapperContext, ShardSignals } from './mapper-context.ts'
import type { DeadLetterCondition } from './mapper-stats.ts'
import { aborted, pause, untilAborted } from './waiting.ts'
import { messageOf } from './warnings.ts'

/** Why a record is given up. */
export interface GivenUp {
  readonly record: StreamRecord
  readonly condition: DeadLetterCondition
  readonly reason: string
  /** Invocations that it was part of. */
  readonly attempts: number
}

/** Keeps the records of one shard that will not be handled. */
export class DeadLetterWriter {
  readonly #source: RecordSource
  readonly #context: MapperContext
  readonly #signals: ShardSignals

  constructor(source: RecordSource, context: MapperContext, signals: ShardSignals) {
    this.#source = source
    this.#context = context
    this.#signals = signals
  }

  /**
   * Resolves with true when the records are kept durably: only then may they be settled. A store that fails is tried again until the mapper
   * stops; then the answer is false, and the records come again after the next start.
   */
  async write(records: readonly GivenUp[]): Promise<boolean> {
    const { clock, deadLetters, parameters, random, warnings } = this.#context
    const { drain, stop } = this.#signals
    const letters = records.map((record) => this.#letter(record))
    for (let failures = 0; !stop.aborted; failures++) {
      try {
        return (await untilAborted(deadLetters.add(letters), stop)) !== aborted
      } catch (error) {
        if (drain.aborted) return false
        warnings.warn(
          'dead-letters-failing',
          `${letters.length} records of ${this.#source.shard.shardId} belong into the dead letters, and cannot be written there: ${messageOf(error)} ` +
            'They are tried again; their lane waits.',
        )
        const limits = { baseMs: parameters.retryBackoffBaseMs, maxMs: parameters.retryBackoffMaxMs }
        await pause(clock, backoffMs(failures, limits, random), drain)
      }
    }
    return false
  }

  #letter({ record, condition, reason, attempts }: GivenUp): DeadLetter {
    const { uuid, functionName, clock } = this.#context
    const { streamName, incarnation, shard } = this.#source
    return {
      // By where the record stands, not by its own identity: a redriven record that fails again is a new letter.
      id: `${uuid}-${incarnation}-${shard.index.toString(36)}-${record.position.toString(36)}`,
      stream: streamName,
      incarnation,
      shardId: shard.shardId,
      position: record.position,
      sequenceNumber: record.sequenceNumber,
      partitionKey: record.partitionKey,
      data: record.data,
      headers: record.headers,
      producerSequence: record.producerSequence,
      approximateArrivalTimestamp: record.approximateArrivalTimestamp,
      consumer: uuid,
      functionName,
      condition,
      reason,
      attempts,
      timestamp: clock.now(),
    }
  }
}
