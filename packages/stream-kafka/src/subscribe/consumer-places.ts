import type { SubscribeOptions } from '@millrace/stream'
import type { ReadingContext } from '../kafka-context.ts'
import type { KafkaShard } from '../topics/stream-layout.ts'
import type { Checkpoint } from './checkpoint.ts'

export interface ConsumerPlacesRequest {
  readonly context: ReadingContext
  readonly topic: string
  readonly groupId: string
  readonly shards: readonly KafkaShard[]
  readonly startingPosition: SubscribeOptions['startingPosition']
}

/**
 * Where a consumer stands, by partition: the committed offsets, else their copies. A consumer that stands nowhere is new: it gets its place in every shard at once,
 * and those places are kept before anyone begins. A shard without one is then a shard that was opened later, which is read from its first record.
 */
export async function consumerPlaces(request: ConsumerPlacesRequest): Promise<ReadonlyMap<number, Checkpoint>> {
  const { context, topic, groupId, shards, startingPosition } = request
  const { offsets, mirror } = context
  // Also of shards that retention took: whoever stood there is no new consumer.
  const all = Array.from({ length: Math.max(...shards.map(({ partition }) => partition)) + 1 }, (_, partition) => partition)
  const committed = await offsets.fetch(groupId, topic, all)
  if (shards.every(({ partition }) => committed.has(partition))) return committed
  const copies = await mirror.read(groupId, all)
  if (committed.size > 0 || copies.size > 0 || startingPosition.type === 'TRIM_HORIZON') return new Map([...copies, ...committed])
  const places = await startsOf(request)
  await mirror.place(groupId, places)
  return places
}

/** Where a consumer begins that is new to these shards. */
export async function startsOf({
  context,
  topic,
  shards,
  startingPosition,
}: ConsumerPlacesRequest): Promise<ReadonlyMap<number, Checkpoint>> {
  const partitions = shards.map(({ partition }) => partition)
  const bounds = await context.client.bounds(topic, partitions)
  const times =
    startingPosition.type === 'AT_TIMESTAMP'
      ? await context.client.positionsAt(topic, partitions, startingPosition.timestamp)
      : new Map<number, number>()
  return new Map(
    shards.map(({ partition, endingPosition = Number.POSITIVE_INFINITY }) => {
      const position = Math.min(endingPosition, times.get(partition) ?? bounds.get(partition)?.tip ?? 0)
      return [partition, { position, lostRecords: 0 }]
    }),
  )
}

/** Partitions that there is work on: of shards that the consumer has not finished, and whose parents it has. */
export function eligiblePartitions(shards: readonly KafkaShard[], places: ReadonlyMap<number, Checkpoint>): readonly number[] {
  const unfinished = new Set(
    shards
      .filter(({ partition, endingPosition }) => endingPosition === undefined || (places.get(partition)?.position ?? -1) < endingPosition)
      .map(({ shardId }) => shardId),
  )
  return shards
    .filter(({ shardId, parentShardId, adjacentParentShardId }) => {
      const waits = [parentShardId, adjacentParentShardId].some((parent) => parent !== undefined && unfinished.has(parent))
      return unfinished.has(shardId) && !waits
    })
    .map(({ partition }) => partition)
}
