import type { ShardLag } from '@millrace/stream'
import { retrying } from '../client/retry.ts'
import type { ReadingContext } from '../kafka-context.ts'
import type { Checkpoint } from '../subscribe/checkpoint.ts'
import { splitBatches, unpack } from '../records/raw-batch.ts'
import { decodeBatch } from '../records/decode-batch.ts'
import type { KafkaShard } from '../topics/stream-layout.ts'
import { fetchFrom } from './fetch-from.ts'

/** How one consumer stands, by what Kafka knows: the same answer in every process, also while nothing moves. */
export class ConsumerLag {
  readonly #context: ReadingContext
  readonly #topic: string
  readonly #groupId: string
  readonly #shards: () => readonly KafkaShard[]
  /** Arrival of the record at a position, by partition: a record's arrival does not change, so that a consumer that is stuck costs nothing. */
  readonly #arrivals = new Map<number, { readonly position: number; readonly arrivalTimestamp: number | undefined }>()

  constructor(context: ReadingContext, topic: string, groupId: string, shards: () => readonly KafkaShard[]) {
    this.#context = context
    this.#topic = topic
    this.#groupId = groupId
    this.#shards = shards
  }

  async read(): Promise<readonly ShardLag[]> {
    const { client, offsets, retry, mirror } = this.#context
    const shards = this.#shards()
    const partitions = shards.map(({ partition }) => partition)
    return retrying(retry, async () => {
      const [committed, bounds] = await Promise.all([
        offsets.fetch(this.#groupId, this.#topic, partitions),
        client.bounds(this.#topic, partitions),
      ])
      const missing = partitions.filter((partition) => !committed.has(partition))
      const mirrored = missing.length === 0 ? new Map<number, Checkpoint>() : await mirror.read(this.#groupId, missing)
      return Promise.all(
        shards.map(async ({ shardId, partition, endingPosition = Number.POSITIVE_INFINITY }) => {
          const bound = bounds.get(partition) ?? { horizon: 0, tip: 0 }
          const tip = Math.min(bound.tip, endingPosition)
          const horizon = Math.min(bound.horizon, endingPosition)
          const { position = horizon, lostRecords = 0 } = committed.get(partition) ?? mirrored.get(partition) ?? {}
          const checkpoint = Math.min(tip, Math.max(horizon, position))
          return {
            shardId,
            checkpoint,
            tip,
            records: tip - checkpoint,
            oldestUnsettledTimestamp: checkpoint < tip ? await this.#arrival(partition, checkpoint) : undefined,
            lostRecords: lostRecords + Math.max(0, horizon - position),
          }
        }),
      )
    })
  }

  async #arrival(partition: number, position: number): Promise<number | undefined> {
    const known = this.#arrivals.get(partition)
    if (known?.position === position) return known.arrivalTimestamp
    const arrivalTimestamp = await this.#fetchArrival(partition, position)
    if (arrivalTimestamp !== undefined) this.#arrivals.set(partition, { position, arrivalTimestamp })
    return arrivalTimestamp
  }

  async #fetchArrival(partition: number, position: number): Promise<number | undefined> {
    const { client } = this.#context
    // The least that Kafka gives: the one batch that the position is in.
    const piece = await fetchFrom(client, { topic: this.#topic, partition, position, bytesMax: 1 })
    for (const batch of splitBatches(piece.bytes, piece.aborted).batches) {
      const source = { streamName: this.#topic, incarnation: '', shard: { shardId: '', index: 0, createdTimestamp: 0 } }
      const [record] = decodeBatch(source, batch, await unpack(batch), position).records
      if (record !== undefined) return record.approximateArrivalTimestamp
    }
    return undefined
  }
}
