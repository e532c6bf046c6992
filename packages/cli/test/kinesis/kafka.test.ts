import { randomUUID } from 'node:crypto'
import { openKafkaStreams } from '@millrace/stream-kafka'
import { describeWithService, kafka } from '@millrace/testing/services'
import { afterAll } from 'vitest'
import { describeKinesisClients } from './client-promises.ts'

describeWithService(kafka, 'Kinesis over Kafka', ({ brokers }) => {
  // Of this run: the broker is shared.
  const topicPrefix = `t${randomUUID().slice(0, 8)}-`
  describeKinesisClients('over Kafka', () => ['--kafka', brokers.join(','), '--kafka-topic-prefix', topicPrefix])

  afterAll(async () => {
    const streams = await openKafkaStreams({ brokers, topicPrefix })
    try {
      for (const { name } of await streams.list()) await streams.delete(name)
    } finally {
      await streams.close()
    }
  })
})
