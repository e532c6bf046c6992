import { randomUUID } from 'node:crypto'
import { describeWithService, kafka } from '@millrace/testing/services'
import { describeLambdaClients } from './client-promises.ts'

describeWithService(kafka, 'Lambda over Kafka', ({ brokers }) => {
  const prefix = `${randomUUID().slice(0, 8)}-`
  describeLambdaClients('over Kafka', () => ['--kafka', brokers.join(','), '--kafka-topic-prefix', prefix])
})
