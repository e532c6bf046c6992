import type { RecordHeaders, StreamRecord } from '@millrace/stream'

/** A record whose memory is taken back: reading it then is a fault. */
export class LentRecord implements StreamRecord {
  readonly position: number
  readonly approximateArrivalTimestamp: number
  readonly #record: StreamRecord
  #isReleased = false

  constructor(record: StreamRecord) {
    this.#record = record
    this.position = record.position
    this.approximateArrivalTimestamp = record.approximateArrivalTimestamp
  }

  release(): void {
    this.#isReleased = true
  }

  get partitionKey(): string {
    return this.#read().partitionKey
  }

  get data(): Uint8Array {
    return this.#read().data
  }

  get sequenceNumber(): string {
    return this.#read().sequenceNumber
  }

  get headers(): RecordHeaders {
    return this.#read().headers
  }

  get producerSequence(): number | undefined {
    return this.#read().producerSequence
  }

  #read(): StreamRecord {
    if (this.#isReleased) throw new Error(`The record at position ${this.position} is read after it was released.`)
    return this.#record
  }
}
