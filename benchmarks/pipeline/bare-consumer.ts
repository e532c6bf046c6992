import { consume } from './kafkajs.ts'
import { serve } from '../lib/script.ts'

/* A consumer of kafkajs and nothing else: counts the records of a topic. The least that reading them costs. */

export interface ConsumerOptions {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly groupId: string
  readonly records: number
}

serve<ConsumerOptions, 'run'>(async (options) => ({
  ready: {},
  answer: async () => {
    const before = process.cpuUsage()
    const started = performance.now()
    await consume(options)
    const { user, system } = process.cpuUsage(before)
    return { cpuMicros: user + system, seconds: (performance.now() - started) / 1_000 }
  },
}))
