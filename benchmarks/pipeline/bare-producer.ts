import { nginxLines } from '../lib/nginx-lines.ts'
import { serve } from '../lib/script.ts'
import { connect, send } from './kafkajs.ts'

/* A producer of kafkajs and nothing else: the least that writing lines into a topic costs. */

export interface ProducerOptions {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly partitions: number
  readonly records: number
  /** Requests at a time. */
  readonly underWay: number
  /** Of the records, those that are sent once more before anything is measured. */
  readonly warmUpRecords: number
}

serve<ProducerOptions, 'run'>(async ({ brokers, topic, partitions, records, underWay, warmUpRecords }) => {
  const lines = [...nginxLines(records, 2, Date.now() - records)]
  const producer = connect(brokers).producer()
  await producer.connect()
  await send(producer, topic, partitions, lines.slice(0, warmUpRecords), underWay)
  return {
    ready: {},
    answer: async () => {
      const before = process.cpuUsage()
      const started = performance.now()
      await send(producer, topic, partitions, lines, underWay)
      const { user, system } = process.cpuUsage(before)
      const seconds = (performance.now() - started) / 1_000
      await producer.disconnect()
      return { cpuMicros: user + system, seconds }
    },
  }
})
