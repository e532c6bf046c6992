import { nginxLines } from '../lib/nginx-lines.ts'
import { serve } from '../lib/script.ts'
import { produce } from './kafkajs.ts'

/* A producer of kafkajs and nothing else: the least that writing lines into a topic costs. */

export interface ProducerOptions {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly partitions: number
  readonly records: number
}

serve<ProducerOptions, 'run'>(async ({ brokers, topic, partitions, records }) => {
  const lines = [...nginxLines(records, 2, Date.now() - records)]
  return {
    ready: {},
    answer: async () => {
      const before = process.cpuUsage()
      const started = performance.now()
      await produce(brokers, topic, partitions, lines)
      const { user, system } = process.cpuUsage(before)
      return { cpuMicros: user + system, seconds: (performance.now() - started) / 1_000 }
    },
  }
})
