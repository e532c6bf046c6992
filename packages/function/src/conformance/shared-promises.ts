import { expect } from 'vitest'
import type { ConcurrencyLimit, Coordination } from '../coordination.ts'
import { eventually, exhaust, never, takeAll } from './helpers.ts'
import type { CoordinationSubject, Promises } from './subject.ts'

const open = (subject: CoordinationSubject, count: number): Promise<Coordination[]> =>
  Promise.all(Array.from({ length: count }, () => subject.open()))

const limits = (processes: readonly Coordination[], max: number): ConcurrencyLimit[] =>
  processes.map((coordination) => coordination.concurrencyLimit('a', { max }))

/** Does work again and again, each piece under one slot and as long as one turn of the event loop, until it is told to stop. */
async function work(limit: ConcurrencyLimit, running: { now: number; most: number }, signal: AbortSignal): Promise<number> {
  for (let pieces = 0; ; pieces++) {
    try {
      await limit.take(signal)
    } catch {
      return pieces
    }
    running.most = Math.max(running.most, ++running.now)
    await new Promise((resolve) => setImmediate(resolve))
    running.now--
    limit.give()
  }
}

export const sharedPromises: Promises = {
  async 'holds a limit over all processes together'(subject) {
    const all = limits(await open(subject, 3), 8)
    const running = { now: 0, most: 0 }
    const controller = new AbortController()
    const workers = all.flatMap((limit) => Array.from({ length: 8 }, () => work(limit, running, controller.signal)))
    await eventually('every process has had its slots', () => all.every((limit) => limit.stats().taken >= 2))
    controller.abort()
    await Promise.all(workers)
    expect(running).toEqual({ now: 0, most: 8 })
  },

  async 'leaves each process its equal part when all want more'(subject) {
    const [one, two, three] = limits(await open(subject, 3), 9) as [ConcurrencyLimit, ConcurrencyLimit, ConcurrencyLimit]
    await takeAll(one, 9)
    const waiting = [two, three].flatMap((limit) => Array.from({ length: 9 }, () => limit.take(never)))
    for (let given = 0; given < 6; given++) one.give()
    await eventually('the others have their part', () => two.stats().taken === 3 && three.stats().taken === 3)
    expect([one.tryTake(), two.tryTake(), three.tryTake()]).toEqual([false, false, false])
    for (const limit of [two, three]) limit.close()
    await Promise.allSettled(waiting)
  },

  async 'lets every process have its turn where there are fewer slots than processes'(subject) {
    const all = limits(await open(subject, 3), 1)
    const running = { now: 0, most: 0 }
    const turns = new Set<ConcurrencyLimit>()
    const controller = new AbortController()
    const workers = all.map((limit) => work(limit, running, controller.signal))
    await eventually('each has had a turn', () => {
      for (const limit of all) if (limit.stats().taken > 0) turns.add(limit)
      return turns.size === all.length
    })
    controller.abort()
    await Promise.all(workers)
    expect(running).toEqual({ now: 0, most: 1 })
  },

  async 'lets others have what a process does not use'(subject) {
    const [one, two] = limits(await open(subject, 2), 100) as [ConcurrencyLimit, ConcurrencyLimit]
    await takeAll(one, 100)
    for (let given = 0; given < 100; given++) one.give()
    await takeAll(two, 100)
    expect(one.tryTake()).toBe(false)
  },

  async 'gives back what a process had when it closes'(subject) {
    const [first, second] = (await open(subject, 2)) as [Coordination, Coordination]
    const one = first.concurrencyLimit('a', { max: 5 })
    await takeAll(one, 5)
    const waiting = second.concurrencyLimit('a', { max: 5 }).take(never)
    for (let given = 0; given < 5; given++) one.give()
    await first.close()
    await waiting
  },

  async 'hears of work that is refused, too'(subject) {
    const [one, two] = limits(await open(subject, 2), 2) as [ConcurrencyLimit, ConcurrencyLimit]
    const controller = new AbortController()
    const running = { now: 0, most: 0 }
    const workers = Array.from({ length: 4 }, () => work(one, running, controller.signal))
    await eventually('one process has all slots', () => one.stats().taken === 2)
    await eventually('whoever only asks has its part', () => two.request())
    controller.abort()
    await Promise.all(workers)
  },

  async 'counts the processes'(subject) {
    const processes = await open(subject, 3)
    await eventually('all know of all', () => processes.every((coordination) => coordination.stats().processes === 3))
    await processes[0]?.close()
    await eventually('those left know', () => processes.slice(1).every((coordination) => coordination.stats().processes === 2))
    for (const coordination of processes) expect(coordination.stats()).toMatchObject({ degraded: false, degradations: 0, failures: 0 })
  },

  async 'holds a rate over all processes together'(subject) {
    const processes = await open(subject, 3)
    const limiters = processes.map((coordination) => coordination.rateLimiter('write', { countPerSecond: 1_000, bytesPerSecond: 1e9 }))
    const before = performance.now()
    const taken = await Promise.all(limiters.map((limiter) => exhaust(limiter, 's', 5, 5)))
    const elapsedMs = performance.now() - before
    const sum = 5 * taken.reduce((total, count) => total + count, 0)
    expect(sum).toBeLessThanOrEqual(1_000 + elapsedMs)
    // What is missing to a full bucket is what the processes have at hand in their blocks.
    expect(sum).toBeGreaterThanOrEqual(500)
  },
}
