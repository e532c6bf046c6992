import type { DestinationRecord, Destinations, DestinationWriter, FailedBatchRecord } from '@millrace/function'

/** A destination in memory; a test decides when it fails. */
export class FakeDestinations implements Destinations {
  readonly delivered: FailedBatchRecord[] = []
  readonly opened: string[] = []
  /** Called before a record is kept; may throw, may take its time. */
  beforeDeliver: (record: FailedBatchRecord) => Promise<void> = () => Promise.resolve()

  open(destination: string): DestinationWriter {
    this.opened.push(destination)
    return { deliver: (record) => this.#deliver(record) }
  }

  async #deliver(record: DestinationRecord): Promise<void> {
    const body = JSON.parse(record.json()) as FailedBatchRecord
    await this.beforeDeliver(body)
    this.delivered.push(body)
  }
}
