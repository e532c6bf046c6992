import { KafkaClient } from '../../src/client/kafka-client.ts'
import { KafkaNodes } from '../../src/client/kafka-nodes.ts'
import { resolveOptions } from '../../src/resolve-options.ts'

/** Removes what a test has left in a Kafka that is shared with others. */
export async function removeTopics(brokers: readonly string[], prefix: string): Promise<void> {
  const nodes = new KafkaNodes(resolveOptions({ brokers }))
  try {
    const client = new KafkaClient(nodes, 10_000)
    // Asked for none, Kafka tells of all.
    const topics = (await nodes.metadata([])).map(({ topic }) => topic).filter((topic) => topic.startsWith(prefix))
    await Promise.all(topics.map((topic) => client.deleteTopic(topic)))
  } finally {
    await nodes.close()
  }
}
