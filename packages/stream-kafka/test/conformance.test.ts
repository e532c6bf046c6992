import { randomUUID } from 'node:crypto'
import type { ResourceStore, StreamRegistry } from '@millrace/stream'
import { deadLetterConformance, resourceConformance, streamConformance } from '@millrace/stream/conformance'
import { describeWithService, kafka } from '@millrace/testing/services'
import { type KafkaStreams, openKafkaStreams } from '../src/index.ts'
import { removeTopics } from './support/remove-topics.ts'

describeWithService(kafka, 'Over a real Kafka', ({ brokers }) => {
  streamConformance(
    'The stream over Kafka',
    async (options) => {
      const topicPrefix = `conformance-${randomUUID().slice(0, 8)}-`
      const open = () =>
        openKafkaStreams({
          brokers,
          topicPrefix,
          heartbeatIntervalMs: 100,
          sessionTimeoutMs: 6_000,
          fetchWaitMsMax: 100,
          shardMapLeaseMs: 300,
          ...options,
        })
      let registry = await open()
      return {
        registry,
        reopen: async (): Promise<StreamRegistry> => {
          await registry.close()
          registry = await open()
          return registry
        },
        dispose: async () => {
          await registry.close()
          await removeTopics(brokers, topicPrefix)
        },
      }
    },
    { durable: true, manualTime: false },
  )

  deadLetterConformance(
    'The store over Kafka',
    async () => {
      const topicPrefix = `letters-${randomUUID().slice(0, 8)}-`
      let registry = await openKafkaStreams({ brokers, topicPrefix })
      return {
        deadLetters: registry.deadLetters,
        reopen: async () => {
          await registry.close()
          registry = await openKafkaStreams({ brokers, topicPrefix })
          return registry.deadLetters
        },
        dispose: async () => {
          await registry.close()
          await removeTopics(brokers, topicPrefix)
        },
      }
    },
    { durable: true },
  )

  resourceConformance(
    'The store over Kafka',
    async () => {
      const topicPrefix = `resources-${randomUUID().slice(0, 8)}-`
      const open = () => openKafkaStreams({ brokers, topicPrefix, resourcesIntervalMs: 50 })
      const opened = [await open()]
      const another = async (): Promise<ResourceStore> => {
        const registry = await open()
        opened.push(registry)
        return registry.resources
      }
      return {
        resources: (opened[0] as KafkaStreams).resources,
        other: another,
        reopen: async () => {
          await opened[0]?.close()
          return another()
        },
        dispose: async () => {
          await Promise.all(opened.map((registry) => registry.close()))
          await removeTopics(brokers, topicPrefix)
        },
      }
    },
    { durable: true },
  )
})
