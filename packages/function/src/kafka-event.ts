/** The event of a mapping on a Kafka topic that is not a stream, as Lambda sends it: https://docs.aws.amazon.com/lambda/latest/dg/with-kafka.html */
export interface SelfManagedKafkaEvent {
  readonly eventSource: 'SelfManagedKafka'
  /** `host:port` each, with commas between them. */
  readonly bootstrapServers: string
  /** By topic and partition, `orders-0`. A batch is of one partition here. */
  readonly records: Readonly<Record<string, readonly SelfManagedKafkaRecord[]>>
}

export interface SelfManagedKafkaRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Milliseconds since the epoch. */
  readonly timestamp: number
  readonly timestampType: 'CREATE_TIME' | 'LOG_APPEND_TIME'
  /** Base64. Left out for a record without a key. */
  readonly key?: string
  /** Base64. Left out for a record without a value. */
  readonly value?: string
  /** In their order; bytes from -128 to 127, as Lambda has them. */
  readonly headers: readonly Readonly<Record<string, readonly number[] | null>>[]
}

/** The partial batch response of `ReportBatchItemFailures`: https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html */
export interface KafkaBatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: KafkaItemIdentifier }[]
}

export interface KafkaItemIdentifier {
  /** Topic and partition, `orders-0`. */
  readonly partition: string
  readonly offset: number
}

/** How events and answers call a partition: `orders-0`. */
export function topicPartition(topic: string, partition: number): string {
  return `${topic}-${partition}`
}
