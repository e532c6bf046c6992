import type { ReadingContext } from '../kafka-context.ts'
import type { Checkpoint } from './checkpoint.ts'

export interface StartingPositionsRequest {
  readonly context: ReadingContext
  readonly topic: string
  readonly groupId: string
  readonly partitions: readonly number[]
}

/** Where a consumer begins on a shard. */
export interface Start {
  readonly checkpoint: Checkpoint
  /** First position that the log has. */
  readonly horizon: number
  readonly tip: number
  /** It never was here: the place is to be kept, or what arrives while it is away for the first time would be passed over. */
  readonly isNew: boolean
}

/** By partition: the committed offset, else its copy (see `consumerPlaces`), else the first record. Throws `KafkaError`, `NewerVersionError`. */
export async function startingPositions(request: StartingPositionsRequest): Promise<ReadonlyMap<number, Start>> {
  const { context, topic, groupId, partitions } = request
  const { client, offsets, mirror } = context
  const [committed, bounds] = await Promise.all([offsets.fetch(groupId, topic, partitions), client.bounds(topic, partitions)])
  const missing = partitions.filter((partition) => !committed.has(partition))
  const copies = missing.length === 0 ? new Map<number, Checkpoint>() : await mirror.read(groupId, missing)
  return new Map(
    partitions.map((partition) => {
      const { horizon, tip } = bounds.get(partition) ?? { horizon: 0, tip: 0 }
      const isNew = !committed.has(partition)
      const found = committed.get(partition) ?? copies.get(partition) ?? { position: horizon, lostRecords: 0 }
      return [partition, { checkpoint: found, horizon, tip, isNew }]
    }),
  )
}
