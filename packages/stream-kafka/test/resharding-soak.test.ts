import { describeWithService, kafka } from '@millrace/testing/services'
import { expect, it } from 'vitest'
import { Child } from './support/child.ts'
import { OpenStreams } from './support/open.ts'
import { acceptedCounts, numbered, storedByKey } from './support/stored.ts'

const putting = new URL('./processes/put.ts', import.meta.url)
const following = new URL('./processes/follow.ts', import.meta.url)
const resharding = new URL('./processes/reshard.ts', import.meta.url)
const patience = { timeout: 60_000, interval: 100 }
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const seed = Number(process.env['MILLRACE_SOAK_SEED'] ?? 1)

/** What the consumers have seen first, record by record, whichever of them it was. */
function firstSeen(children: readonly Child[]): readonly string[] {
  const batches = children
    .flatMap(({ lines }) => lines)
    .filter((line) => line.startsWith('seen '))
    .map((line) => line.split(' ') as [string, string, string])
    .toSorted(([, one], [, other]) => (BigInt(one) < BigInt(other) ? -1 : 1))
  return [...new Set(batches.flatMap(([, , texts]) => texts.split(',')))]
}

describeWithService(kafka, 'Resharding while processes come and go', ({ brokers }) => {
  it(`loses nothing, stores nothing twice and keeps the order of keys, from seed ${seed}`, { timeout: 120_000 }, async () => {
    await using opened = new OpenStreams(brokers)
    const streams = await opened.open({ registryIntervalMs: 500 })
    const stream = await streams.create('logs', { shardCount: 2, retentionHours: 24 })
    await using children = new AsyncDisposableStack()
    const run = (script: URL, ...rest: string[]): Child => children.use(new Child(script, [brokers.join(','), opened.topicPrefix, ...rest]))
    const writers = ['a', 'b', 'c', 'd'].map((name) => run(putting, name))
    const followers = [run(following), run(following), run(following)]
    const resharders = [run(resharding, `${seed}`)]
    const changes = (): number => resharders.flatMap(({ lines }) => lines).filter((line) => line !== 'ready').length
    await expect.poll(changes, patience).toBeGreaterThan(2)
    await (followers[0] as Child).kill()
    await pause(500 + ((seed * 137) % 400))
    await (resharders[0] as Child).kill()
    resharders.push(run(resharding, `${seed + 1_000}`))
    followers.push(run(following))
    writers[0]?.signal('SIGSTOP')
    await expect.poll(changes, patience).toBeGreaterThan(6)
    writers[0]?.signal('SIGCONT')
    await (writers[1] as Child).kill()
    await pause(2_000)
    await Promise.all([...resharders, ...writers].map((child) => child.kill()))
    // What was begun is finished, and what came late is forwarded.
    await expect.poll(async () => (await streams.describe('logs')).status, patience).toBe('ACTIVE')
    const counts = new Map(writers.flatMap(({ lines }) => [...acceptedCounts(lines)]))
    expect(counts.size).toBe(20)
    const stored = async (): Promise<ReadonlyMap<string, readonly string[]>> => storedByKey(stream)
    await expect
      .poll(async () => [...(await stored())].every(([key, texts]) => texts.length >= (counts.get(key) ?? 0)), patience)
      .toBe(true)
    for (const [key, texts] of await stored()) expect(texts).toEqual(numbered(key, texts.length))
    const all = [...(await stored()).values()].flat()
    await expect.poll(() => firstSeen(followers).length, patience).toBe(all.length)
    const seen = Map.groupBy(firstSeen(followers), (text) => text.split('/')[0] ?? '')
    for (const [key, texts] of seen) expect(texts).toEqual(numbered(key, texts.length))
    await expect.poll(async () => (await stream.lag('c')).every(({ records }) => records === 0), patience).toBe(true)
    expect(await stream.shards()).not.toHaveLength(2)
  })
})
