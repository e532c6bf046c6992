import type { KafkaClient } from '../client/kafka-client.ts'
import { errorOfCode } from '../client/kafka-error.ts'
import { type RetryPolicy, retrying } from '../client/retry.ts'
import { encodeBatch } from '../records/encode-batch.ts'

/**
 * Appends a marker, alone in its batch, and answers its position. An attempt that got no answer may leave a marker behind: the shard map says which one is the end,
 * and readers pass over every other.
 */
export function appendMarker(client: KafkaClient, retry: RetryPolicy, topic: string, partition: number, epoch: number): Promise<number> {
  return retrying(retry, async () => {
    const stamp = { ...(await client.newProducer()), sequence: 0 }
    const batch = await encodeBatch([{ data: null, partitionKey: '', markerEpoch: epoch }], stamp, 'none', retry.clock.now())
    try {
      const [answer] = await client.produce(await client.leader(topic, partition), [{ topic, partition, batch }])
      if (answer?.errorCode === 0) return answer.basePosition
      throw errorOfCode(answer?.errorCode ?? -1, `Closing partition ${partition} of topic "${topic}"`)
    } catch (error) {
      client.forgetLeaders(topic)
      throw error
    }
  })
}
