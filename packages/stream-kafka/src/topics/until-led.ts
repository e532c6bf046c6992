import type { KafkaClient } from '../client/kafka-client.ts'
import { KafkaError } from '../client/kafka-error.ts'
import { type RetryPolicy, retrying } from '../client/retry.ts'

/** Resolves when every partition of a new topic has a leader that answers for it. */
export async function untilLed(client: KafkaClient, retry: RetryPolicy, topic: string, partitions: number): Promise<void> {
  const all = Array.from({ length: partitions }, (_, partition) => partition)
  await retrying(retry, async () => {
    const leaders = await client.leaders(topic)
    if (leaders.length < partitions || leaders.some((leader) => leader < 0)) {
      client.forgetLeaders(topic)
      throw new KafkaError(
        `Topic "${topic}" has leaders for ${leaders.filter((leader) => leader >= 0).length} of ${partitions} partitions.`,
        'LEADER_NOT_AVAILABLE',
        true,
      )
    }
    await client.bounds(topic, all)
  })
}
