import { describeWithPrivate, redis } from '@millrace/testing/services'
import { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { eventually, giveAll, never, takeWhatIsThere, TestSystem } from './redis-under-test.ts'

const rate = { countPerSecond: 300, bytesPerSecond: 1e9 }

async function flush(url: string): Promise<void> {
  const client = new Redis(url)
  await client.flushall()
  await client.script('FLUSH')
  client.disconnect()
}

describeWithPrivate(redis, 'An outage of Redis', (service) => {
  it('leaves each process its part of the limits, and ends by itself', async () => {
    await using server = await service.startPrivate()
    await using system = new TestSystem(server.address.url)
    const processes = await Promise.all([system.open(), system.open(), system.open()])
    await eventually('all know of all', () => processes.every((process) => process.stats().processes === 3))
    const limits = processes.map((process) => process.concurrencyLimit('account', { max: 10 }))
    const [one, two, three] = limits as [(typeof limits)[0], (typeof limits)[0], (typeof limits)[0]]
    await eventually('one has all', async () => (await takeWhatIsThere(one), one.stats().taken === 10))
    const waiting = two.take(never)
    await server.kill()
    await waiting
    await eventually('all are alone', () => processes.every((process) => process.stats().degraded))
    expect([await takeWhatIsThere(two), await takeWhatIsThere(three)]).toEqual([2, 3])
    // Work beyond the part goes on, and nothing is begun in its place.
    for (let given = 0; given < 8; given++) one.give()
    expect(await takeWhatIsThere(one)).toBe(1)
    const limiter = processes[0]?.rateLimiter('write', rate)
    let granted = 0
    while ((await limiter?.take('shard', 1, 1)) === true) granted++
    expect(granted).toBeGreaterThanOrEqual(100)
    expect(granted).toBeLessThan(300)

    await server.start()
    await eventually('all share again', () => processes.every((process) => !process.stats().degraded))
    await eventually('the tenth slot can be had', () => three.request())
    await eventually('it was the last', async () => (await takeWhatIsThere(two), limits.every((limit) => limit.stats().allowed <= 4)))
    expect(limits.reduce((sum, limit) => sum + limit.stats().taken, 0)).toBe(10)
    expect(system.messages.filter((message) => message.startsWith('unanswered:'))).toHaveLength(3)
    expect(system.messages.filter((message) => message.startsWith('alone:')).every((message) => message.includes('1 in 3'))).toBe(true)
    expect(system.messages.filter((message) => message.startsWith('shared:'))).toHaveLength(3)
    for (const limit of limits) giveAll(limit)
  })

  it('that is shorter than a lease is hardly noticed', async () => {
    await using server = await service.startPrivate()
    await using system = new TestSystem(server.address.url, { leaseMs: 30_000, renewMs: 20, commandTimeoutMs: 100 })
    const process = await system.open()
    const limit = process.concurrencyLimit('account', { max: 100 })
    await limit.take(never)
    await eventually('there is a slot at hand', () => limit.stats().allowed >= 2)
    await server.pause()
    await eventually('the pause is noticed', () => system.messages.length === 1)
    expect(limit.tryTake()).toBe(true)
    expect(await takeWhatIsThere(limit)).toBeLessThan(100)
    const waiting = limit.take(never)
    const limiter = process.rateLimiter('write', rate)
    expect(await limiter.take('shard', 1, 1)).toBe(true)
    await server.resume()
    await waiting
    expect(system.messages.map((message) => message.split(':')[0])).toEqual(['unanswered', 'shared'])
    expect(process.stats()).toMatchObject({ degraded: false, degradations: 0 })
    giveAll(limit)
  })

  it('that makes it stand still for longer than a lease is like any other', async () => {
    await using server = await service.startPrivate()
    await using system = new TestSystem(server.address.url)
    const [one, two] = [await system.open(), await system.open()]
    await eventually('both know of both', () => one.stats().processes === 2 && two.stats().processes === 2)
    const limit = one.concurrencyLimit('account', { max: 8 })
    await limit.take(never)
    await server.pause()
    await eventually('both are alone', () => one.stats().degraded && two.stats().degraded)
    expect(await takeWhatIsThere(limit)).toBe(3)
    await server.resume()
    await eventually('both share again', () => !one.stats().degraded && !two.stats().degraded)
    const other = two.concurrencyLimit('account', { max: 8 })
    await eventually('the other has the rest', async () => (await takeWhatIsThere(other), other.stats().taken === 4))
    expect(await limit.request()).toBe(false)
    giveAll(limit)
    giveAll(other)
  })

  it('that loses everything is made good with the next renewal', async () => {
    await using server = await service.startPrivate()
    await using system = new TestSystem(server.address.url)
    const processes = await Promise.all([system.open(), system.open()])
    const limits = processes.map((process) => process.concurrencyLimit('account', { max: 20 }))
    const [one, two] = limits as [(typeof limits)[0], (typeof limits)[0]]
    await eventually('one has its slots', async () => (one.stats().taken < 12 && (await one.request()), one.stats().taken === 12))
    await eventually('the other has the rest', async () => (await takeWhatIsThere(two), two.stats().taken === 8))
    await flush(server.address.url)
    // A process that comes first gets a quarter at most.
    const newcomer = (await system.open()).concurrencyLimit('account', { max: 20 })
    await takeWhatIsThere(newcomer)
    expect(newcomer.stats().taken).toBeLessThanOrEqual(5)
    giveAll(newcomer)
    await eventually('the slots are on record again', async () => {
      const got = await takeWhatIsThere(newcomer)
      giveAll(newcomer)
      return got === 0
    })
    expect(processes.map((process) => process.stats().degradations)).toEqual([0, 0])
    two.give()
    await eventually('what comes back can be had', () => newcomer.request())
    for (const limit of [...limits, newcomer]) giveAll(limit)
  })
})
