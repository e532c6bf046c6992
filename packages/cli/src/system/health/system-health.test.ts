import { ManualClock } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { type Role, roles } from '../../options/common.ts'
import { defaultDefinition } from '../../template/default-definition.ts'
import type { System } from '../system.ts'
import { SystemHealth } from './system-health.ts'

/** A system whose parts answer as a test says. */
class FakeSystem {
  readonly clock = new ManualClock()
  readonly failure = Promise.withResolvers<Error>()
  readonly answers: Record<'stream' | 'index', () => Promise<void>> = { stream: async () => {}, index: async () => {} }
  pings = 0
  subscribed = true
  reason = 'no-shards'

  health(own: readonly Role[] = roles, embedded = false): SystemHealth {
    const part = (name: 'stream' | 'index'): object => {
      const ping = (): Promise<void> => {
        this.pings += 1
        return this.answers[name]()
      }
      return { name, embedded, ping }
    }
    const mapper = { explain: () => ({ reason: this.reason, message: 'The function cannot be run.' }) }
    const system = {
      roles: new Set(own),
      parts: [part('stream'), part('index')],
      failed: this.failure.promise,
      mappings: defaultDefinition.mappings.map((definition) => ({ definition, mapper, isRunning: true })),
      coordination: { stats: () => ({ degraded: false }) },
      sourceOf: async () => ({ isSubscribed: () => this.subscribed }),
    }
    return new SystemHealth(system as unknown as System, this.clock)
  }
}

const away = (what: string) => () => Promise.reject(new Error(`${what} is away.`))
const ready = { ready: true, reasons: [], warnings: [] }

describe('the readiness of a system', () => {
  it('holds with a share of no shards, and asks each part once a second', async () => {
    const fake = new FakeSystem()
    const health = fake.health()
    for (let time = 0; time < 3; time++) expect(await health.readiness('all')).toEqual(ready)
    expect(fake.pings).toBe(2)
    await fake.clock.advance(1_000)
    await health.readiness('all')
    expect(fake.pings).toBe(4)
  })

  it('ends for ingest with the stream, for searches with the index', async () => {
    const fake = new FakeSystem()
    const health = fake.health()
    fake.answers.index = away('The index')
    const warnings = ['The index does not answer: The index is away.']
    expect(await health.readiness('all')).toEqual({ ready: true, reasons: [], warnings })
    expect(await health.readiness('ingest')).toMatchObject({ ready: true, warnings })
    expect(await health.readiness('search')).toMatchObject({ ready: false, reasons: warnings })
    fake.answers.index = async () => {}
    fake.answers.stream = away('Kafka')
    await fake.clock.advance(1_000)
    expect(await health.readiness('all')).toMatchObject({ ready: false, reasons: ['The stream does not answer: Kafka is away.'] })
    expect((await health.readiness('ingest')).ready).toBe(false)
    expect((await health.readiness('search')).ready).toBe(true)
  })

  it('waits no longer than two seconds, and not again for the same answer', async () => {
    const fake = new FakeSystem()
    const health = fake.health()
    const { promise, resolve } = Promise.withResolvers<void>()
    fake.answers.stream = () => promise
    const waiting = health.readiness('all')
    await fake.clock.advance(2_000)
    expect(await waiting).toMatchObject({ ready: false, reasons: ['The stream does not answer: no answer within 2 s'] })
    await fake.clock.advance(5_000)
    const again = health.readiness('all')
    await fake.clock.advance(0)
    expect((await again).ready).toBe(false)
    expect(fake.pings).toBeLessThanOrEqual(3)
    resolve()
    await fake.clock.advance(1_000)
    expect(await health.readiness('all')).toEqual(ready)
  })

  it('begins when a mapper takes part in sharing out the shards; other roles do not wait for that', async () => {
    const fake = new FakeSystem()
    fake.subscribed = false
    const reasons = [expect.stringContaining('logs > log-indexer: this process takes no part') as string]
    expect(await fake.health().readiness('all')).toMatchObject({ ready: false, reasons })
    expect((await fake.health().readiness('ingest')).ready).toBe(true)
    expect(await fake.health(['gateway']).readiness('all')).toEqual(ready)
    fake.subscribed = true
    fake.reason = 'function-unavailable'
    expect(await fake.health().readiness('all')).toMatchObject({
      ready: true,
      warnings: ['logs > log-indexer: The function cannot be run.'],
    })
  })

  it('ends with the draining, and with what has failed', async () => {
    const fake = new FakeSystem()
    const health = fake.health()
    health.drain()
    expect(await health.readiness('ingest')).toMatchObject({ ready: false, reasons: ['The process is shutting down.'] })
    expect(await health.liveness()).toEqual({ live: true, reasons: [] })
    fake.failure.resolve(new Error('The mapping has failed.'))
    await fake.clock.advance(0)
    expect(await health.liveness()).toEqual({ live: false, reasons: ['The mapping has failed.'] })
  })

  it('is none for ingest without the role gateway', async () => {
    const health = new FakeSystem().health(['mapper'])
    expect(await health.readiness('all')).toEqual(ready)
    expect(await health.readiness('ingest')).toMatchObject({ ready: false, reasons: [expect.stringContaining('role gateway') as string] })
  })
})

describe('the liveness of a system', () => {
  it.each([
    [true, false],
    [false, true],
  ])('with embedded parts %s that never answer is %s', async (embedded, live) => {
    const fake = new FakeSystem()
    fake.answers.stream = () => new Promise(() => {})
    const health = fake.health(roles, embedded)
    const early = health.liveness()
    await fake.clock.advance(2_000)
    expect((await early).live).toBe(true)
    await fake.clock.advance(40_000)
    const late = health.liveness()
    await fake.clock.advance(2_000)
    expect((await late).live).toBe(live)
  })
})
