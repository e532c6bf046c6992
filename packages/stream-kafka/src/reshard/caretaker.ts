import type { KafkaClient } from '../client/kafka-client.ts'
import { presentShards, type StreamLayout } from '../topics/stream-layout.ts'
import type { StreamTable } from '../topics/stream-table.ts'
import { lateFrom } from './late-records.ts'
import type { Resharder } from './resharder.ts'

export interface CaretakerOptions {
  readonly client: KafkaClient
  readonly table: StreamTable
  readonly resharder: Resharder
  readonly now: () => number
  readonly topicOf: (streamName: string) => string
}

/** Looks after every stream, whoever uses it: finishes changes whose process is gone, and has late records forwarded. Any number of processes do so. */
export class Caretaker {
  readonly #options: CaretakerOptions

  constructor(options: CaretakerOptions) {
    this.#options = options
  }

  /** Once around. Throws what Kafka answers. */
  async tend(): Promise<void> {
    const { table, resharder } = this.#options
    for (const layout of table.ready()) {
      await resharder.takeOver(layout)
      await this.#forwardLate(layout)
    }
  }

  async #forwardLate(layout: StreamLayout): Promise<void> {
    const { client, resharder, now, topicOf } = this.#options
    const { name, incarnation } = layout.description
    const closed = presentShards(layout, now()).filter(({ endingPosition }) => endingPosition !== undefined)
    if (closed.length === 0) return
    const bounds = await client.bounds(
      topicOf(name),
      closed.map(({ partition }) => partition),
    )
    for (const shard of closed) {
      const tip = bounds.get(shard.partition)?.tip ?? 0
      if (tip > lateFrom(shard)) await resharder.forward({ name, incarnation }, shard.index, tip - 1)
    }
  }
}
