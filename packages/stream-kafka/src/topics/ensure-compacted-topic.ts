import { KafkaConfigurationError, KafkaError } from '../client/kafka-error.ts'
import { retrying } from '../client/retry.ts'
import type { CompactedTopicOptions } from './compacted-topic.ts'
import { untilLed } from './until-led.ts'

/** Of one entry: a shard map of 10,000 shards, a dead letter of the largest record. */
const entryBytesMax = 16 * 1024 * 1024

/** Makes a compacted topic of one partition unless it is there. Throws `KafkaConfigurationError` for one that is laid out otherwise. */
export async function ensureCompactedTopic(options: Omit<CompactedTopicOptions, 'onEntry' | 'writer'>): Promise<void> {
  const { client, retry, topic, option, replicationFactor } = options
  const found = await retrying(retry, () => client.partitionCount(topic))
  if (found === undefined) {
    const config = { 'cleanup.policy': 'compact', 'max.message.bytes': `${entryBytesMax}` }
    try {
      await retrying(retry, () => client.createTopic({ topic, partitions: 1, replicationFactor, config }))
    } catch (error) {
      // Another process was faster.
      if (!(error instanceof KafkaError) || error.type !== 'TOPIC_ALREADY_EXISTS') throw configurationOf(error, option, topic)
    }
    return untilLed(client, retry, topic, 1)
  }
  if (found !== 1) {
    throw new KafkaConfigurationError(
      `The topic "${topic}" has ${found} partitions, and is not one of Millrace's, which have one. Name another in the option "${option}".`,
      [option],
    )
  }
  const policy = await retrying(retry, () => client.topicConfig(topic, 'cleanup.policy'))
  if (policy !== undefined && !policy.includes('compact')) {
    throw new KafkaConfigurationError(
      `The topic "${topic}" has cleanup.policy=${policy}; what Millrace keeps in it would be lost. Set it to "compact", or name another topic in the option "${option}".`,
      [option],
    )
  }
}

function configurationOf(error: unknown, option: CompactedTopicOptions['option'], topic: string): unknown {
  if (!(error instanceof KafkaError) || error.retryable) return error
  if (error.type === 'INVALID_REPLICATION_FACTOR') {
    return new KafkaConfigurationError(`${error.message} Check the option "replicationFactor".`, ['replicationFactor'], { cause: error })
  }
  return new KafkaConfigurationError(`The topic "${topic}" of the option "${option}" cannot be made. ${error.message}`, [option], {
    cause: error,
  })
}
