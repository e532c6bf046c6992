import type { RecordHeaders } from './record.ts'

/** A record that will not be handled: with its bytes, and why. */
export interface DeadLetter {
  /** Unique; the same for the same record of the same consumer, so that a repeat does not double it. */
  readonly id: string
  readonly stream: string
  readonly incarnation: string
  readonly shardId: string
  readonly position: number
  readonly sequenceNumber: string
  readonly partitionKey: string
  readonly data: Uint8Array
  readonly headers: RecordHeaders
  readonly producerSequence: number | undefined
  readonly approximateArrivalTimestamp: number
  /** Consumer (event source mapping) that gave up. */
  readonly consumer: string
  readonly functionName: string
  /** `RetryAttemptsExhausted` and `RecordAgeExceeded` are Lambda's; `Terminal`: the handler said "never". */
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded' | 'Terminal'
  /** The last error, in words. */
  readonly reason: string
  /** Invocations that the record was part of. */
  readonly attempts: number
  /** Milliseconds since the epoch. */
  readonly timestamp: number
}

export interface DeadLetterQuery {
  readonly stream?: string
  readonly functionName?: string
  /** 1 to 1,000. */
  readonly limit: number
  /** Go on after this id, in the order of the last page (oldest first). */
  readonly after?: string
}

/** Keeps dead letters durably until they are redriven or removed. */
export interface DeadLetterStore {
  /** Resolves when they are on disk; a letter whose id is there already is left as it is. */
  add(letters: readonly DeadLetter[]): Promise<void>
  list(query: DeadLetterQuery): Promise<readonly DeadLetter[]>
  get(id: string): Promise<DeadLetter | undefined>
  /** Unknown ids are ignored. Answers how many were removed. */
  remove(ids: readonly string[]): Promise<number>
  count(): Promise<number>
}
