import { type KafkaAccess, type KafkaEventSource, kafkaSourceName } from '@millrace/event-source-mapper'
import type { Stream } from '@millrace/stream'
import type { KafkaTopics } from '@millrace/stream-kafka'
import { kafkaSecrets } from './kafka-secrets.ts'
import { LazyTopic } from './lazy-topic.ts'

/** Topics of Kafkas that Millrace only reads from. Mappings of the same servers and the same ways to sign in share their connections. */
export class ForeignTopics {
  readonly #warn: (message: string) => void
  /** One for each, since it knows who is subscribed in this process. */
  readonly #topics = new Map<string, Stream>()
  /** By servers and access. */
  readonly #clusters = new Map<string, Promise<KafkaTopics>>()

  constructor(warn: (message: string) => void) {
    this.#warn = warn
  }

  /** Nothing is asked of Kafka, and no secret is read, before the stream is used. */
  open(source: KafkaEventSource): Stream {
    const key = JSON.stringify(source)
    const known = this.#topics.get(key)
    if (known !== undefined) return known
    const { topic, bootstrapServers, consumerGroupId } = source
    const kafka = { topic, bootstrapServers: bootstrapServers.join(',') }
    const made = new LazyTopic(kafkaSourceName(source), kafka, async () => (await this.#cluster(source)).open(topic, consumerGroupId))
    this.#topics.set(key, made)
    return made
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#clusters.values())
    await Promise.all(opened.map(async (each) => each.status === 'fulfilled' && each.value.close()))
  }

  #cluster({ bootstrapServers, access = [] }: KafkaEventSource): Promise<KafkaTopics> {
    const key = JSON.stringify([bootstrapServers, access])
    let cluster = this.#clusters.get(key)
    if (cluster === undefined) {
      cluster = this.#connect(bootstrapServers, access)
      this.#clusters.set(key, cluster)
      // A secret that was not there may be by the next time.
      cluster.catch(() => this.#clusters.delete(key))
    }
    return cluster
  }

  async #connect(brokers: readonly string[], access: readonly KafkaAccess[]): Promise<KafkaTopics> {
    const secrets = await kafkaSecrets(access, process.env)
    const { KafkaTopics } = await import('@millrace/stream-kafka')
    return new KafkaTopics({
      brokers,
      ...secrets,
      onWarning: this.#warn,
      onRecordsLost: (event) => this.#warn(`records were lost to retention before they were handled: ${JSON.stringify(event)}`),
    })
  }
}
