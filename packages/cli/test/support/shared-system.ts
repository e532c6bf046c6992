import { randomUUID } from 'node:crypto'
import { openKafkaStreams } from '@millrace/stream-kafka'

/** A system over services that are shared with other tests, under a name of its own. Its stream and its documents go with the block. */
export class SharedSystem implements AsyncDisposable {
  readonly name: string = `t${randomUUID().slice(0, 8)}`
  readonly elasticsearchUrl: string
  readonly #brokers: readonly string[]

  constructor(brokers: readonly string[], elasticsearchUrl: string) {
    this.#brokers = brokers
    this.elasticsearchUrl = elasticsearchUrl
  }

  /** For `millrace up`. */
  get args(): string[] {
    const { name } = this
    const kafka = ['--kafka', this.#brokers.join(','), '--kafka-topic-prefix', `${name}-`]
    return [...kafka, '--elasticsearch', this.elasticsearchUrl, '--namespace', name]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await fetch(`${this.elasticsearchUrl}/_data_stream/logs-*-${this.name}`, { method: 'DELETE' })
    await fetch(`${this.elasticsearchUrl}/_index_template/millrace-logs-${this.name}`, { method: 'DELETE' })
    const streams = await openKafkaStreams({ brokers: this.#brokers, topicPrefix: `${this.name}-` })
    try {
      for (const { name } of await streams.list()) await streams.delete(name)
    } finally {
      await streams.close()
    }
  }
}
