import type { CoordinationStats } from '@millrace/function'
import { ManualClock } from '@millrace/testing'
import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { defaultDefinition } from '../../template/default-definition.ts'
import { collectStats } from '../collect-stats.ts'
import { sharing } from '../sharing.ts'
import type { System } from '../system.ts'
import { takeSnapshot } from '../system-snapshot.ts'
import { registerSystemMetrics } from './system-metrics.ts'

const coordination: CoordinationStats = {
  degraded: true,
  degradations: 2,
  processes: 3,
  roundTrips: 40,
  failures: 5,
  concurrency: new Map([['account', { max: 1000, taken: 7, allowed: 333, waiting: 1 }]]),
  rates: new Map(),
}

const eventCounts = {
  PolledEventCount: 10,
  FilteredOutEventCount: 2,
  InvokedEventCount: 9,
  FailedInvokeEventCount: 5,
  DroppedEventCount: 0,
  OnFailureDestinationDeliveredEventCount: 1,
}
const records = { received: 10, settled: 4, filtered: 2, deadLettered: 1, inFlight: 3, abandoned: 0 }
const figures = { ...records, eventCounts, concurrency: { active: 2, limit: 4 } }

/** A system whose parts count how often they are asked. */
class FakeSystem {
  readonly clock = new ManualClock()
  asked: string[] = []
  indexStats: () => Promise<object> = async () => ({ documents: 6, bytes: 1234 })

  asSystem(): System {
    const ask = <Answer>(name: string, answer: Answer): Answer => {
      this.asked.push(name)
      return answer
    }
    const lag = { shardId: 'shardId-000000000000', checkpoint: 7, tip: 10, records: 3, lostRecords: 0 }
    const lags = [{ ...lag, oldestUnsettledTimestamp: this.clock.now() - 2_500 }]
    const mapper = { stats: () => ask('mapper', figures), explain: () => ({ reason: 'idle', message: 'There are no records to handle.' }) }
    return {
      sourceOf: async () => ({ lag: async () => ask('lag', lags) }),
      index: { stats: () => ask('index', this.indexStats()) },
      deadLetters: { count: async () => ask('dead letters', 1) },
      runtime: { stats: () => new Map(), accountStats: () => ({ concurrentExecutions: 0, unreservedConcurrentExecutions: 0 }) },
      functions: { asynchronous: { stats: () => new Map() } },
      coordination: { stats: () => coordination },
      mappings: defaultDefinition.mappings.map((definition) => ({ definition, mapper, isRunning: true })),
    } as unknown as System
  }

  registry(): Registry {
    const registry = new Registry()
    const system = this.asSystem()
    registerSystemMetrics(
      registry,
      sharing(() => takeSnapshot(system, this.clock)),
    )
    return registry
  }
}

describe('the metrics of a system', () => {
  it('come from one look at each part, scrape by scrape', async () => {
    const fake = new FakeSystem()
    const registry = fake.registry()
    const text = await registry.metrics()
    expect(fake.asked.toSorted()).toEqual(['dead letters', 'index', 'lag', 'mapper'])
    const labels = '{stream="logs",function="log-indexer"}'
    expect(text).toContain(`# TYPE millrace_mapping_records_received_total counter\nmillrace_mapping_records_received_total${labels} 10\n`)
    expect(text).toContain(`# TYPE millrace_mapping_records_in_flight gauge\nmillrace_mapping_records_in_flight${labels} 3\n`)
    expect(text).toContain('millrace_shard_lag_seconds{stream="logs",function="log-indexer",shard="shardId-000000000000"} 2.5\n')
    for (const [name, count] of Object.entries({
      received: 10,
      filtered: 2,
      invoked: 9,
      failed_invoke: 5,
      dropped: 0,
      destination_delivered: 1,
    })) {
      expect(text).toContain(`millrace_mapping_records_${name}_total${labels} ${count}\n`)
    }
    expect(text).toContain('millrace_index_documents 6\n')
    expect(text).toContain('millrace_coordination_degraded 1\n')
    expect(text).toContain('millrace_concurrency_limit_allowed{limit="account"} 333\n')
    // A second scrape counts nothing twice.
    expect(await registry.metrics()).toContain(`millrace_mapping_records_received_total${labels} 10\n`)
    expect(fake.asked).toHaveLength(8)
  })

  it('leave out what does not answer, and say which part that is', async () => {
    const fake = new FakeSystem()
    fake.indexStats = () => new Promise(() => {})
    const scraping = fake.registry().metrics()
    await fake.clock.advance(5_000)
    const text = await scraping
    expect(text).not.toMatch(/^millrace_index_documents /m)
    expect(text).toContain('millrace_part_available{part="index"} 0\n')
    expect(text).toContain('millrace_part_available{part="stream"} 1\n')
    expect(text).toContain('millrace_dead_letters 1\n')
  })
})

describe('the statistics of a system', () => {
  it('name the limits, and the part that does not answer', async () => {
    const fake = new FakeSystem()
    fake.indexStats = () => Promise.reject(new Error('Elasticsearch cannot be reached.'))
    const stats = collectStats(await takeSnapshot(fake.asSystem(), fake.clock), fake.clock.now() - 10_000)
    expect(stats).toMatchObject({
      uptimeSeconds: 10,
      mappings: [{ eventCounts }],
      coordination: { degraded: true, processes: 3, concurrency: [{ name: 'account', max: 1000, taken: 7, allowed: 333, waiting: 1 }] },
      unavailable: [{ part: 'index', reason: 'Elasticsearch cannot be reached.' }],
    })
    expect(stats.index).toBeUndefined()
  })
})
