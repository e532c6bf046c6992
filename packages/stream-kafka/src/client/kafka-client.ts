import { alterConfigRequest } from '../wire/alter-config.ts'
import { type FetchedPartition, type FetchOptions, fetchRequest } from '../wire/fetch.ts'
import { type ProducedPartition, type ProducePartition, produceRequest } from '../wire/produce.ts'
import { errorOfCode, KafkaError } from './kafka-error.ts'
import type { KafkaNodes } from './kafka-nodes.ts'
import { describeCode } from './kafkajs-internals.ts'

/** First and next position of a partition. */
export interface PartitionBounds {
  readonly horizon: number
  readonly tip: number
}

export interface TopicRequest {
  readonly topic: string
  readonly partitions: number
  /** Undefined: the broker's default. */
  readonly replicationFactor: number | undefined
  readonly config: Readonly<Record<string, string>>
}

interface Offsets {
  readonly responses: readonly {
    readonly topic: string
    readonly partitions: readonly { readonly partition: number; readonly errorCode: number; readonly offset: string }[]
  }[]
}

interface TopicErrors {
  readonly topicErrors: readonly { readonly topic: string; readonly errorCode: number; readonly errorMessage?: string | null }[]
}

const earliest = -2
const latest = -1
const readCommitted = 1

/** Topics and partitions of one cluster: knows who leads which, and asks the leaders. */
export class KafkaClient {
  readonly nodes: KafkaNodes
  readonly #requestTimeoutMs: number
  readonly #leaders = new Map<string, readonly number[]>()

  constructor(nodes: KafkaNodes, requestTimeoutMs: number) {
    this.nodes = nodes
    this.#requestTimeoutMs = requestTimeoutMs
  }

  /** The node that leads each partition, by the partition's number. Remembered until `forgetLeaders`. Throws for a topic that is not there. */
  async leaders(topic: string): Promise<readonly number[]> {
    const known = this.#leaders.get(topic)
    if (known !== undefined) return known
    const [found] = await this.nodes.metadata([topic])
    if (found === undefined || found.topicErrorCode !== 0) throw errorOfCode(found?.topicErrorCode ?? 3, `Leaders of topic "${topic}"`)
    const leaders: number[] = []
    for (const { partitionId, leader } of found.partitionMetadata) leaders[partitionId] = leader
    this.#leaders.set(topic, leaders)
    return leaders
  }

  /** The leaders have changed, or the topic has. */
  forgetLeaders(topic: string): void {
    this.#leaders.delete(topic)
  }

  async leader(topic: string, partition: number): Promise<number> {
    const leader = (await this.leaders(topic))[partition] ?? -1
    if (leader >= 0) return leader
    this.forgetLeaders(topic)
    throw new KafkaError(`Partition ${partition} of topic "${topic}" has no leader at present.`, 'LEADER_NOT_AVAILABLE', true)
  }

  /** Bounds of partitions, by the partition's number. */
  async bounds(topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, PartitionBounds>> {
    const [horizons, tips] = await Promise.all([this.#offsets(topic, partitions, earliest), this.#offsets(topic, partitions, latest)])
    return new Map(partitions.map((partition) => [partition, { horizon: horizons.get(partition) ?? 0, tip: tips.get(partition) ?? 0 }]))
  }

  /** First position of each partition that has a record of that time or later, by the partition's number; partitions without one are left out. */
  async positionsAt(topic: string, partitions: readonly number[], timestamp: number): Promise<ReadonlyMap<number, number>> {
    return this.#offsets(topic, partitions, Math.max(0, Math.floor(timestamp)))
  }

  /** Fetches from one node, which should lead all that is asked for. Error codes of partitions are in the answer. */
  async fetch(node: number, options: FetchOptions): Promise<readonly FetchedPartition[]> {
    const answer = await this.nodes.sendRequest<{ readonly errorCode: number; readonly partitions: readonly FetchedPartition[] }>(
      node,
      fetchRequest(options),
    )
    if (answer.errorCode !== 0) throw errorOfCode(answer.errorCode, 'Fetching records')
    return answer.partitions
  }

  /** Sends batches to one node, which should lead all their partitions. Error codes of partitions are in the answer. */
  async produce(node: number, partitions: readonly ProducePartition[]): Promise<readonly ProducedPartition[]> {
    const request = produceRequest(partitions, this.#requestTimeoutMs)
    return (await this.nodes.sendRequest<{ readonly partitions: readonly ProducedPartition[] }>(node, request)).partitions
  }

  /** A number that tells this process's batches from every other's. */
  async newProducer(): Promise<{ readonly producerId: number; readonly producerEpoch: number }> {
    const answer = await this.nodes.send<{ readonly errorCode: number; readonly producerId: string; readonly producerEpoch: number }>(
      'any',
      'InitProducerId',
      { transactionalId: null, transactionTimeout: this.#requestTimeoutMs },
    )
    if (answer.errorCode !== 0) throw errorOfCode(answer.errorCode, 'Asking for a producer id')
    return { producerId: Number(answer.producerId), producerEpoch: answer.producerEpoch }
  }

  /** Throws `KafkaError` of type `TOPIC_ALREADY_EXISTS` where there is one of that name. */
  async createTopic({ topic, partitions, replicationFactor = -1, config }: TopicRequest): Promise<void> {
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }))
    const topics = [{ topic, numPartitions: partitions, replicationFactor, configEntries }]
    await this.nodes.metadata([topic])
    const { topicErrors } = await this.nodes.send<TopicErrors>('controller', 'CreateTopics', {
      topics,
      validateOnly: false,
      timeout: this.#requestTimeoutMs,
    })
    this.forgetLeaders(topic)
    const [{ errorCode, errorMessage } = { errorCode: 0 }] = topicErrors
    if (errorCode !== 0) throw errorOfCode(errorCode, `Creating topic "${topic}"${errorMessage ? ` (${errorMessage})` : ''}`)
  }

  /** Resolves also where there is none. */
  async deleteTopic(topic: string): Promise<void> {
    const { topicErrors } = await this.nodes.send<TopicErrors>('controller', 'DeleteTopics', {
      topics: [topic],
      timeout: this.#requestTimeoutMs,
    })
    this.forgetLeaders(topic)
    const errorCode = topicErrors[0]?.errorCode ?? 0
    if (errorCode !== 0 && describeCode(errorCode).type !== 'UNKNOWN_TOPIC_OR_PARTITION')
      throw errorOfCode(errorCode, `Deleting topic "${topic}"`)
  }

  /** Number of a topic's partitions; undefined where there is no such topic. */
  async partitionCount(topic: string): Promise<number | undefined> {
    const [found] = await this.nodes.metadata([topic])
    if (found !== undefined && found.topicErrorCode === 0) return found.partitionMetadata.length
    const code = found?.topicErrorCode ?? 3
    if (describeCode(code).type === 'UNKNOWN_TOPIC_OR_PARTITION') return undefined
    throw errorOfCode(code, `Looking up topic "${topic}"`)
  }

  /** Has the topic so many partitions, unless it has more. Kafka adds them and never removes any. */
  async createPartitions(topic: string, count: number): Promise<void> {
    if (((await this.partitionCount(topic)) ?? count) >= count) return
    const { topicErrors } = await this.nodes.send<{
      readonly topicErrors?: readonly { readonly topic: string; readonly errorCode: number; readonly errorMessage?: string | null }[]
    }>('controller', 'CreatePartitions', { topicPartitions: [{ topic, count }], timeout: this.#requestTimeoutMs, validateOnly: false })
    this.forgetLeaders(topic)
    const [{ errorCode, errorMessage } = { errorCode: 0, errorMessage: '' }] = topicErrors ?? []
    if (errorCode !== 0) throw errorOfCode(errorCode, `Adding partitions to topic "${topic}"${errorMessage ? ` (${errorMessage})` : ''}`)
  }

  /** Changes one setting of a topic, and leaves the others as they are. */
  async setTopicConfig(topic: string, name: string, value: string): Promise<void> {
    await this.nodes.metadata([topic])
    const { errorCode } = await this.nodes.sendRequest<{ readonly errorCode: number }>('controller', alterConfigRequest(topic, name, value))
    if (errorCode !== 0) throw errorOfCode(errorCode, `Setting ${name} of topic "${topic}"`)
  }

  /** One setting of a topic; undefined where the broker does not tell. */
  async topicConfig(topic: string, name: string): Promise<string | undefined> {
    const { resources } = await this.nodes.send<{
      readonly resources: readonly { readonly configEntries: readonly { readonly configName: string; readonly configValue: string }[] }[]
    }>('any', 'DescribeConfigs', { resources: [{ type: 2, name: topic, configNames: [name] }] })
    return resources[0]?.configEntries.find(({ configName }) => configName === name)?.configValue
  }

  async #offsets(topic: string, partitions: readonly number[], timestamp: number): Promise<Map<number, number>> {
    const leaders = await this.leaders(topic)
    const byLeader = Map.groupBy(partitions, (partition) => leaders[partition] ?? -1)
    const found = new Map<number, number>()
    await Promise.all(
      [...byLeader].map(async ([node, own]) => {
        if (node < 0) await this.leader(topic, own[0] as number)
        const topics = [{ topic, partitions: own.map((partition) => ({ partition, timestamp })) }]
        const { responses } = await this.nodes
          .send<Offsets>(node, 'ListOffsets', { replicaId: -1, isolationLevel: readCommitted, topics })
          .catch((error: unknown) => this.#failed(topic, error))
        for (const { partition, errorCode, offset } of responses[0]?.partitions ?? []) {
          if (errorCode !== 0) this.#failed(topic, errorOfCode(errorCode, `Positions of partition ${partition} of topic "${topic}"`))
          if (Number(offset) >= 0) found.set(partition, Number(offset))
        }
      }),
    )
    return found
  }

  #failed(topic: string, error: unknown): never {
    this.forgetLeaders(topic)
    throw error
  }
}
