import type { KafkaClient } from '../client/kafka-client.ts'
import { errorOfCode, KafkaError } from '../client/kafka-error.ts'
import type { FetchedPartition } from '../wire/fetch.ts'

export interface FetchFrom {
  readonly topic: string
  readonly partition: number
  readonly position: number
  /** Of the answer; a first batch that is larger comes nevertheless. */
  readonly bytesMax: number
}

/** One piece of a partition's log, from its leader, without waiting for more. Throws `KafkaError`; of type `OFFSET_OUT_OF_RANGE` for a position that is not in the log. */
export async function fetchFrom(client: KafkaClient, from: FetchFrom): Promise<FetchedPartition> {
  const { topic, partition, bytesMax } = from
  try {
    const leader = await client.leader(topic, partition)
    const [piece] = await client.fetch(leader, { partitions: [from], bytesMax, waitMsMax: 0 })
    if (piece === undefined) throw new KafkaError(`Kafka did not answer for partition ${partition} of topic "${topic}".`, 'UNKNOWN', true)
    if (piece.errorCode !== 0) throw errorOfCode(piece.errorCode, `Reading topic "${topic}" at position ${from.position}`)
    return piece
  } catch (error) {
    client.forgetLeaders(topic)
    throw error
  }
}
