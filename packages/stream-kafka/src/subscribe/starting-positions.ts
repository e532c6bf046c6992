import type { SubscribeOptions } from '@millrace/stream'
import type { KafkaContext } from '../kafka-context.ts'
import type { Checkpoint } from './checkpoint.ts'

export interface StartingPositionsRequest {
  readonly context: KafkaContext
  readonly topic: string
  readonly groupId: string
  readonly partitions: readonly number[]
  readonly startingPosition: SubscribeOptions['startingPosition']
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

/** By partition: the committed offset, else its copy, else what the subscriber asks for. Throws `KafkaError`, `NewerVersionError`. */
export async function startingPositions(request: StartingPositionsRequest): Promise<ReadonlyMap<number, Start>> {
  const { context, topic, groupId, partitions } = request
  const { client, offsets, mirror } = context
  const [committed, bounds] = await Promise.all([offsets.fetch(groupId, topic, partitions), client.bounds(topic, partitions)])
  const missing = partitions.filter((partition) => !committed.has(partition))
  const copies = missing.length === 0 ? new Map<number, Checkpoint>() : await mirror.read(groupId, missing)
  const strangers = missing.filter((partition) => !copies.has(partition))
  const asked = await askedPositions(request, strangers, bounds)
  return new Map(
    partitions.map((partition) => {
      const { horizon, tip } = bounds.get(partition) ?? { horizon: 0, tip: 0 }
      const isNew = !committed.has(partition)
      const found = committed.get(partition) ?? copies.get(partition) ?? { position: asked.get(partition) ?? tip, lostRecords: 0 }
      return [partition, { checkpoint: found, horizon, tip, isNew }]
    }),
  )
}

async function askedPositions(
  { context, topic, startingPosition }: StartingPositionsRequest,
  partitions: readonly number[],
  bounds: ReadonlyMap<number, { readonly horizon: number; readonly tip: number }>,
): Promise<ReadonlyMap<number, number>> {
  if (partitions.length === 0) return new Map()
  if (startingPosition.type === 'AT_TIMESTAMP') return context.client.positionsAt(topic, partitions, startingPosition.timestamp)
  const end = startingPosition.type === 'LATEST' ? 'tip' : 'horizon'
  return new Map(partitions.map((partition) => [partition, bounds.get(partition)?.[end] ?? 0]))
}
