import { randomUUID } from 'node:crypto'
import type { StreamRegistry } from '@millrace/stream'
import { deadLetterConformance, streamConformance } from '@millrace/stream/conformance'
import { describeWithService, kafka } from '@millrace/testing/services'
import { openKafkaStreams } from '../src/index.ts'
import { removeTopics } from './support/remove-topics.ts'

describeWithService(kafka, 'Over a real Kafka', ({ brokers }) => {
  streamConformance(
    'The stream over Kafka',
    async (options) => {
      const topicPrefix = `conformance-${randomUUID().slice(0, 8)}-`
      const open = () =>
        openKafkaStreams({ brokers, topicPrefix, heartbeatIntervalMs: 100, sessionTimeoutMs: 6_000, fetchWaitMsMax: 100, ...options })
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
})
