import { randomUUID } from 'node:crypto'
import { describeWithService, kafka } from '@millrace/testing/services'
import { afterAll } from 'vitest'
import { removeTraces } from '../support/remove-traces.ts'
import { describeLambdaClients } from './client-promises.ts'

describeWithService(kafka, 'Lambda over Kafka', ({ brokers }) => {
  // Of this run: the broker is shared.
  const topicPrefix = `t${randomUUID().slice(0, 8)}-`
  describeLambdaClients('over Kafka', () => ['--kafka', brokers.join(','), '--kafka-topic-prefix', topicPrefix])

  afterAll(() => removeTraces({ brokers, topicPrefix }))
})
