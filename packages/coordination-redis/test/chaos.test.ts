import type { ConcurrencyLimit, Coordination } from '@millrace/function'
import { seededRandom } from '@millrace/testing'
import { describeWithPrivate, type PrivateService, redis, type RedisAddress } from '@millrace/testing/services'
import { Redis } from 'ioredis'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { eventually, TestSystem } from './redis-under-test.ts'

const max = 12
const processCount = 4
const faultCount = 25

/** Work of all processes, counted as it runs. */
class Work {
  running = 0
  most = 0
  done = 0
  stopped = false
  readonly #random: () => number

  constructor(random: () => number) {
    this.#random = random
  }

  /** Several workers of a process. Each does one piece after the other, by any of the ways to a slot; at times the process has nothing to do. */
  async runProcess(limit: ConcurrencyLimit, workers: number): Promise<void> {
    const process = { idle: Promise.resolve() }
    await Promise.all(Array.from({ length: workers }, () => this.#run(limit, process)))
  }

  async #run(limit: ConcurrencyLimit, process: { idle: Promise<void> }): Promise<void> {
    while (!this.stopped) {
      if (this.#random() < 0.01) process.idle = delay(this.#random() * 60)
      await process.idle
      if (!(await this.#take(limit))) continue
      this.most = Math.max(this.most, ++this.running)
      for (let turns = this.#random() * 8; turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve))
      this.running--
      this.done++
      limit.give()
    }
  }

  #take(limit: ConcurrencyLimit): Promise<boolean> {
    const way = this.#random()
    if (way < 0.1) return limit.request()
    const controller = new AbortController()
    // Some give up in the middle of it.
    if (way < 0.2) setImmediate(() => controller.abort(new Error('given up')))
    return limit.take(controller.signal).then(
      () => true,
      () => false,
    )
  }
}

async function fault(random: () => number, server: PrivateService<RedisAddress>, client: Redis, failures: () => number): Promise<void> {
  const kind = random()
  if (kind < 0.4) await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
  else if (kind < 0.6) await client.script('FLUSH')
  else {
    await server.pause()
    const before = failures()
    await eventually('requests have failed', () => failures() > before)
    await server.resume()
  }
}

describeWithPrivate(redis, 'However requests fail', (service) => {
  it.each([1, 2, 3])('no more than the limit runs at once, and no slot gets lost (seed %i)', async (seed) => {
    await using server = await service.startPrivate()
    const random = seededRandom(seed)
    // Leases are long: nothing of what happens here lasts longer than one.
    await using system = new TestSystem(server.address.url, { leaseMs: 20_000, renewMs: 20, commandTimeoutMs: 50, blockMax: 4, random })
    const processes: Coordination[] = await Promise.all(Array.from({ length: processCount }, () => system.open()))
    const limits = processes.map((process) => process.concurrencyLimit('account', { max }))
    const work = new Work(random)
    const workers = limits.map((limit) => work.runProcess(limit, 8))
    const client = new Redis(server.address.url)
    const failures = (): number => processes.reduce((sum, process) => sum + process.stats().failures, 0)
    for (let count = 0; count < faultCount; count++) {
      const next = work.done + 100 * random()
      await eventually('work goes on', () => work.done >= next)
      await fault(random, server, client, failures)
    }
    expect(work.most).toBeLessThanOrEqual(max)
    work.most = 0
    await eventually('all slots are in use', () => work.most >= max)
    work.stopped = true
    for (const limit of limits) limit.close()
    await Promise.all(workers)
    client.disconnect()
    expect([work.running, work.most]).toEqual([0, max])
    expect(processes.every((process) => process.stats().degradations === 0)).toBe(true)
  })
})
