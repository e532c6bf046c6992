/** A shard: a part of the 128-bit space of hash keys. The ranges of a stream's open shards cover that space without overlap. */
export interface Shard {
  /** `shardId-` and twelve digits, as Kinesis has it. */
  readonly shardId: string
  /** Ordinal behind the `shardId`. */
  readonly index: number
  /** Inclusive. */
  readonly startingHashKey: bigint
  /** Inclusive. */
  readonly endingHashKey: bigint
  /** Milliseconds since the epoch. */
  readonly createdTimestamp: number
  readonly parentShardId?: string
  /** The other parent of a shard that two were merged into. */
  readonly adjacentParentShardId?: string
  /** Position at which a closed shard ends: above all of its records. Undefined while the shard is open. */
  readonly endingPosition?: number
  /** When the shard was closed, milliseconds since the epoch. */
  readonly closedTimestamp?: number
}

/** What tells a shard from every other of its stream, and goes into its sequence numbers. */
export type ShardIdentity = Pick<Shard, 'shardId' | 'index' | 'createdTimestamp'>

/** `shardId-000000000007` for 7. */
export function shardIdOf(index: number): string {
  return `shardId-${index.toString().padStart(12, '0')}`
}

/** Where records come from. */
export interface RecordSource {
  readonly streamName: string
  /** Of the stream: part of the identity of its records. */
  readonly incarnation: string
  readonly shard: ShardIdentity
  /** The records are those of a Kafka topic that is not a stream; the shard's index is the partition. */
  readonly kafka?: KafkaSource
}

/** A topic of a Kafka that Millrace only reads from. */
export interface KafkaSource {
  readonly topic: string
  /** `host:port` each, with commas between them: as Lambda's events have it. */
  readonly bootstrapServers: string
}

/** Region and account that the ARNs of a Millrace carry. */
export const awsRegion = 'us-east-1'
export const awsAccountId = '000000000000'

export function streamArn(streamName: string): string {
  return `arn:aws:kinesis:${awsRegion}:${awsAccountId}:stream/${streamName}`
}
