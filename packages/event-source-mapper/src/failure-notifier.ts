import { deliverWithRetries, failedBatch } from '@millrace/function'
import type { DestinationWriter } from '@millrace/function'
import type { RecordSource, StreamRecord } from '@millrace/stream'
import type { Delivery, GivenUpRecord } from './delivery.ts'
import type { MapperContext, ShardSignals } from './mapper-context.ts'
import { aborted, untilAborted } from './waiting.ts'

/** Tells the OnFailure destination of a mapping what is given up: one record for the records of a batch that are given up for the same reason. */
export class FailureNotifier {
  readonly #source: RecordSource
  readonly #context: MapperContext
  readonly #signals: ShardSignals

  constructor(source: RecordSource, context: MapperContext, signals: ShardSignals) {
    this.#source = source
    this.#context = context
    this.#signals = signals
  }

  /**
   * Resolves with the number of records that the destination knows of; when it was tried as often as is allowed, it is left at that, since the dead
   * letters have the records. With undefined when nothing may be settled any more.
   */
  async notify(delivery: Delivery, givenUp: readonly GivenUpRecord[]): Promise<number | undefined> {
    const { destination } = this.#context
    if (destination === undefined) return 0
    let told = 0
    const expired = givenUp.filter(({ condition }) => condition === 'RecordAgeExceeded')
    const exhausted = givenUp.filter(({ condition }) => condition !== 'RecordAgeExceeded')
    for (const [condition, group] of [['RecordAgeExceeded', expired] as const, ['RetryAttemptsExhausted', exhausted] as const]) {
      if (group.length === 0) continue
      const knows = await this.#tell(destination, delivery, group, condition)
      if (knows === undefined) return undefined
      if (knows) told += group.length
    }
    return told
  }

  async #tell(
    destination: DestinationWriter,
    delivery: Delivery,
    group: readonly GivenUpRecord[],
    condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded',
  ): Promise<boolean | undefined> {
    const { clock, counters, functionName, random, uuid, warnings } = this.#context
    const { stop } = this.#signals
    const record = failedBatch({
      uuid,
      functionName,
      source: this.#source,
      records: group.map(({ index }) => delivery.batch.records[index] as StreamRecord),
      condition,
      requestId: delivery.lastInvocation?.requestId ?? randomUuid(random),
      invokeCount: delivery.invocations,
      functionFailed: delivery.lastInvocation?.failed ?? false,
      timestamp: clock.now(),
    })
    try {
      const failure = await untilAborted(deliverWithRetries(destination, record, { clock, random }, stop), stop)
      if (failure === aborted) return undefined
      if (failure === undefined) return true
      counters.destinationFailures++
      warnings.warn(
        'destination-failing',
        `${group.length} records of ${this.#source.shard.shardId} were given up, and the OnFailure destination could not be told: ${failure.message} The dead letters have the records.`,
      )
      return false
    } catch (error) {
      if (stop.aborted) return undefined
      throw error
    }
  }
}

/** Version 4, of RFC 9562. */
function randomUuid(random: () => number): string {
  const hex = (digits: number): string => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('')
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${(8 + Math.floor(random() * 4)).toString(16)}${hex(3)}-${hex(12)}`
}
