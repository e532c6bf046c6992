import type { DestinationRecord, InvocationResult } from '@millrace/function'
import type { StreamRecord } from '@millrace/stream'
import { pause } from '../pause.ts'
import { type AsyncContext } from './async-context.ts'
import { type AsyncEvent, encodeAsyncEvent } from './async-event.ts'
import { eventsStream } from './async-queue.ts'
import { type AsyncCondition, invocationRecord } from './invocation-record.ts'
import type { EventSource } from './event-source.ts'

/** What to do with an event after an attempt. Each resolves when it is done for good, or rejects with the signal's reason: the event is repeated then. */
export class AsyncOutcome {
  readonly #context: AsyncContext

  constructor(context: AsyncContext) {
    this.#context = context
  }

  /** Keeps the event for a later attempt. */
  async again(event: AsyncEvent, source: EventSource, delayMs: number, signal: AbortSignal): Promise<void> {
    const { clock, queue, limits } = this.#context
    const later = { ...event, notBefore: clock.now() + delayMs, acceptedTimestamp: source.acceptedTimestamp }
    for (;;) {
      signal.throwIfAborted()
      try {
        const result = await queue.defer(later, delayMs)
        if (result.accepted) return
        if (!result.retryable) return await this.#bury(event, source, `The event cannot be kept: ${result.message}`, signal)
        this.#context.warn(`An event of ${event.functionName} cannot be put back, and is tried again: ${result.message}`)
      } catch (error) {
        this.#context.warn(`An event of ${event.functionName} cannot be put back, and is tried again: ${String(error)}`)
      }
      await pause(clock, limits.writeRetryMs, signal)
    }
  }

  async succeeded(event: AsyncEvent, result: InvocationResult, signal: AbortSignal): Promise<void> {
    const destination = this.#context.settingsOf(event.functionName).onSuccess
    if (destination === undefined) return
    await this.#record(destination, event, 'Success', event.failures + 1, result, signal)
  }

  /** No further attempt: the event goes where its function says, or to the dead letters. */
  async gaveUp(
    event: AsyncEvent,
    source: EventSource,
    condition: Exclude<AsyncCondition, 'Success'>,
    result: InvocationResult | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { onFailure, deadLetterTarget } = this.#context.settingsOf(event.functionName)
    const reason = result?.kind === 'failure' ? `${result.errorType}: ${result.errorMessage}` : condition
    let delivered = false
    if (onFailure !== undefined) delivered = await this.#record(onFailure, event, condition, event.failures, result, signal)
    if (deadLetterTarget !== undefined) delivered = (await this.#deadLetter(deadLetterTarget, event, reason, signal)) || delivered
    if (delivered) return
    this.#context.meters.of(event.functionName).dropped++
    await this.#bury(event, source, reason, signal, condition)
  }

  /** A record that is no event, or cannot be kept: its bytes are a dead letter. */
  async invalid(source: EventSource, reason: string, signal: AbortSignal): Promise<void> {
    this.#context.warn(`A record of asynchronous invocations cannot be read, and is kept as a dead letter: ${reason}`)
    await this.#keep(source, source.record.data, '', 0, reason, 'Terminal', signal)
  }

  async #record(
    destination: string,
    event: AsyncEvent,
    condition: AsyncCondition,
    attempts: number,
    result: InvocationResult | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    try {
      const record = invocationRecord(event, condition, attempts, result, this.#context.clock.now())
      const text = JSON.stringify(record)
      await this.#context.deliver(destination, destinationRecord(event, this.#context.clock.now(), text), signal)
      return true
    } catch (error) {
      signal.throwIfAborted()
      this.#context.meters.of(event.functionName).destinationFailures++
      this.#context.warn(`A record of ${event.functionName} could not be delivered to ${destination}: ${String(error)}`)
      return false
    }
  }

  async #deadLetter(target: string, event: AsyncEvent, reason: string, signal: AbortSignal): Promise<boolean> {
    try {
      const attributes = { RequestID: event.id, ErrorCode: '200', ErrorMessage: reason.slice(0, 1_024) }
      await this.#context.deliver(target, destinationRecord(event, this.#context.clock.now(), event.json, attributes), signal)
      return true
    } catch (error) {
      signal.throwIfAborted()
      this.#context.meters.of(event.functionName).deadLetterErrors++
      this.#context.warn(`An event of ${event.functionName} could not be delivered to ${target}: ${String(error)}`)
      return false
    }
  }

  /** The letter holds the event as it came, so that a redrive begins anew. */
  #bury(event: AsyncEvent, source: EventSource, reason: string, signal: AbortSignal, condition?: AsyncCondition): Promise<void> {
    const fresh = encodeAsyncEvent({ ...event, failures: 0, deferrals: 0, notBefore: 0, acceptedTimestamp: undefined })
    const known = condition === 'EventAgeExceeded' ? 'RecordAgeExceeded' : condition === undefined ? 'Terminal' : 'RetryAttemptsExhausted'
    return this.#keep(source, fresh, event.functionName, event.failures, reason, known, signal)
  }

  async #keep(
    { record, source }: EventSource,
    data: Uint8Array,
    functionName: string,
    attempts: number,
    reason: string,
    condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded' | 'Terminal',
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, deadLetters, limits } = this.#context
    const letter = {
      id: `async-${source.incarnation}-${source.shard.shardId}-${record.position}`,
      // Redriven events are new ones, wherever they were given up.
      stream: eventsStream,
      incarnation: source.incarnation,
      shardId: source.shard.shardId,
      ...copyOf(record),
      data,
      consumer: 'async-invocations',
      functionName,
      condition,
      reason,
      attempts,
      timestamp: clock.now(),
    }
    for (;;) {
      signal.throwIfAborted()
      try {
        return await deadLetters.add([letter])
      } catch (error) {
        this.#context.warn(`A dead letter of ${functionName} cannot be kept, and is tried again: ${String(error)}`)
      }
      await pause(clock, limits.writeRetryMs, signal)
    }
  }
}

function destinationRecord(
  { functionName }: AsyncEvent,
  timestamp: number,
  text: string,
  attributes?: Readonly<Record<string, string>>,
): DestinationRecord {
  const json = (): string => text
  const record = { key: functionName, folder: `aws/lambda/async/${functionName}`, timestamp, json, jsonWithPayload: json }
  return attributes === undefined ? record : { ...record, attributes }
}

function copyOf(
  record: StreamRecord,
): Pick<StreamRecord, 'position' | 'sequenceNumber' | 'partitionKey' | 'headers' | 'producerSequence' | 'approximateArrivalTimestamp'> {
  const { position, sequenceNumber, partitionKey, headers, producerSequence, approximateArrivalTimestamp } = record
  return { position, sequenceNumber, partitionKey, headers, producerSequence, approximateArrivalTimestamp }
}
