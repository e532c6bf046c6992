import { removeTopics } from '@millrace/stream-kafka/test-support'

/** Names of a test's own in services that it shares with others. */
export interface Traces {
  readonly brokers?: readonly string[]
  /** Required with brokers: topics whose names begin so are the test's. */
  readonly topicPrefix?: string
  readonly elasticsearchUrl?: string
  /** Required with Elasticsearch: its data streams and its template are the test's. */
  readonly namespace?: string
}

/** Removes what a test has left in services that it shares with others: streams, checkpoints, resources, dead letters; data streams and their template. */
export async function removeTraces({ brokers, topicPrefix, elasticsearchUrl, namespace }: Traces): Promise<void> {
  if (elasticsearchUrl !== undefined && namespace !== undefined) {
    for (const path of [`_data_stream/logs-*-${namespace}`, `_index_template/millrace-logs-${namespace}`]) {
      await (await fetch(`${elasticsearchUrl}/${path}`, { method: 'DELETE' })).arrayBuffer()
    }
  }
  if (brokers !== undefined && topicPrefix !== undefined && topicPrefix !== '') await removeTopics(brokers, topicPrefix)
}
