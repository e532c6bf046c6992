import { randomUUID } from 'node:crypto'
import { PendingBytes } from '@millrace/stream/local'
import { KafkaClient } from './client/kafka-client.ts'
import { KafkaConfigurationError, KafkaError } from './client/kafka-error.ts'
import { KafkaNodes } from './client/kafka-nodes.ts'
import type { RetryPolicy } from './client/retry.ts'
import type { KafkaContext } from './kafka-context.ts'
import { KafkaStreams, type KafkaStreamsParts } from './kafka-streams.ts'
import type { KafkaStreamsOptions } from './kafka-streams-options.ts'
import { RecordWriter } from './put/record-writer.ts'
import { Caretaker } from './reshard/caretaker.ts'
import { Resharder } from './reshard/resharder.ts'
import { type ResolvedOptions, resolveOptions, topicOf } from './resolve-options.ts'
import { CheckpointMirror } from './subscribe/checkpoint-mirror.ts'
import { GroupOffsets } from './subscribe/group-offsets.ts'
import type { CompactedTopicOptions } from './topics/compacted-topic.ts'
import { KafkaDeadLetters } from './topics/kafka-dead-letters.ts'
import { KafkaResources } from './topics/kafka-resources.ts'
import { StreamBuilder } from './topics/stream-builder.ts'
import { StreamTable } from './topics/stream-table.ts'

/**
 * Opens the streams of a Kafka cluster, and makes their registry when it is not there.
 * Rejects with `KafkaConfigurationError`, which names the option, for brokers that do not answer, for refused credentials, and for topics that are laid out
 * otherwise; with `NewerVersionError` when a newer Millrace wrote the registry.
 */
export async function openKafkaStreams(options: KafkaStreamsOptions): Promise<KafkaStreams> {
  const resolved = resolveOptions(options)
  const nodes = newNodes(resolved)
  try {
    await nodes.metadata([resolved.registryTopic])
  } catch (error) {
    await nodes.close()
    throw unreachable(error, resolved)
  }
  const streams = new KafkaStreams((host) => assemble(resolved, nodes, host))
  try {
    await streams.open()
  } catch (error) {
    await streams.close()
    throw error
  }
  return streams
}

function assemble(
  options: ResolvedOptions,
  nodes: KafkaNodes,
  host: { refreshRegistry(): Promise<void>; assertOpen(): void },
): KafkaStreamsParts {
  const { clock, random, replicationFactor } = options
  const client = new KafkaClient(nodes, options.requestTimeoutMs)
  const retry: RetryPolicy = { clock, random, totalMs: options.retryTimeoutMs }
  const { compression, batchBytesMax } = options
  const newWriter = (): RecordWriter =>
    new RecordWriter({
      client,
      clock,
      random,
      compression,
      batchBytesMax,
      putTimeoutMs: options.retryTimeoutMs,
      // Whoever waits for the put is told what comes of it.
      onUnknownTopic: () => void host.refreshRegistry().catch(() => {}),
    })
  const writer = newWriter()
  const table = (
    option: 'registryTopic' | 'deadLettersTopic' | 'checkpointsTopic' | 'resourcesTopic',
  ): Omit<CompactedTopicOptions, 'onEntry'> => ({
    client,
    writer,
    retry,
    topic: options[option],
    option,
    replicationFactor,
  })
  const offsets = new GroupOffsets(client)
  const mirror = new CheckpointMirror(table('checkpointsTopic'), clock, options.mirrorIntervalMs, (error) =>
    options.onWarning(`Checkpoints could not be copied to the topic "${options.checkpointsTopic}": ${String(error)}`),
  )
  const context: KafkaContext = {
    options,
    client,
    writer,
    pending: new PendingBytes(options.pendingBytesMax),
    retry,
    offsets,
    mirror,
    newNodes: () => nodes.sibling(),
    refreshRegistry: () => host.refreshRegistry(),
  }
  const streamTable = new StreamTable(table('registryTopic'))
  const builder = new StreamBuilder({
    client,
    table: streamTable,
    clock,
    retry,
    replicationFactor,
    topicOf: (name) => topicOf(options, name),
    forgetConsumers: (groupPrefix) => forgetConsumers(context, groupPrefix),
  })
  const resharder = new Resharder({
    client,
    table: streamTable,
    // Late records do not wait behind those that wait for them.
    writer: newWriter(),
    retry,
    owner: randomUUID(),
    leaseMs: options.shardMapLeaseMs,
    topicOf: (name) => topicOf(options, name),
    refresh: () => host.refreshRegistry(),
  })
  const caretaker = new Caretaker({
    client,
    table: streamTable,
    resharder,
    now: () => clock.now(),
    topicOf: (name) => topicOf(options, name),
  })
  // A budget of its own: letters must come through while puts are refused.
  const letters = new PendingBytes(options.pendingBytesMax)
  const deadLetters = new KafkaDeadLetters(table('deadLettersTopic'), letters, () => host.assertOpen())
  const resources = new KafkaResources({
    ...table('resourcesTopic'),
    clock,
    intervalMs: options.resourcesIntervalMs,
    assertOpen: () => host.assertOpen(),
  })
  return { context, table: streamTable, builder, resharder, caretaker, deadLetters, resources, disconnect: () => nodes.close() }
}

/** What remains of a consumer is no harm: its group's name is never used again, and Kafka forgets it in a week. */
async function forgetConsumers({ mirror, offsets, options }: KafkaContext, groupPrefix: string): Promise<void> {
  try {
    for (const groupId of await mirror.forget(groupPrefix)) {
      await offsets.deleteGroup(groupId).catch((error: unknown) => {
        // Its members in other processes will leave it as they notice.
        if (!(error instanceof KafkaError && error.type === 'NON_EMPTY_GROUP')) throw error
      })
    }
  } catch (error) {
    options.onWarning(`Checkpoints of a deleted stream were left behind: ${String(error)}`)
  }
}

function newNodes(options: ResolvedOptions): KafkaNodes {
  const { brokers, clientId, ssl, sasl, connectionTimeoutMs, requestTimeoutMs } = options
  return new KafkaNodes({ brokers, clientId, ssl, sasl, connectionTimeoutMs, requestTimeoutMs })
}

function unreachable(error: unknown, { brokers, ssl, sasl }: ResolvedOptions): unknown {
  if (!(error instanceof KafkaError) || error.type !== 'UNREACHABLE') return error
  const asked = `${ssl === false ? 'without' : 'with'} TLS, ${sasl === undefined ? 'without' : 'with'} credentials`
  return new KafkaConfigurationError(
    `No Kafka answers at ${brokers.join(', ')} (asked ${asked}). ${error.message} Check the options "brokers", "ssl" and "sasl".`,
    ['brokers', 'ssl', 'sasl'],
    { cause: error },
  )
}
