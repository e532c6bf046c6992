import type { PutRecord } from '@millrace/stream'
import { describeWithService, kafka } from '@millrace/testing/services'
import { expect, it } from 'vitest'
import { Child } from './support/child.ts'
import { OpenStreams } from './support/open.ts'

const script = new URL('./processes/consume.ts', import.meta.url)
const patience = { timeout: 30_000, interval: 20 }

/** Numbered lines of several keys. */
function lines(from: number, to: number): PutRecord[] {
  return Array.from({ length: to - from }, (_, index) => ({ data: Buffer.from(`${from + index}`), partitionKey: `k${index % 11}` }))
}

/** Distinct lines that the processes have settled. */
function settled(...children: readonly Child[]): number {
  return new Set(children.flatMap(({ lines }) => lines).filter((line) => /^\d+$/.test(line))).size
}

const assigned = (child: Child): number =>
  child.lines.filter((line) => line.startsWith('+ ')).length - child.lines.filter((line) => line.startsWith('- ')).length

describeWithService(kafka, 'Processes over a real Kafka', ({ brokers }) => {
  it('take over from one that is killed, from its checkpoint on', async () => {
    await using opened = new OpenStreams(brokers)
    const stream = await (await opened.open()).create('logs', { shardCount: 4, retentionHours: 24 })
    const args = [brokers.join(','), opened.topicPrefix]
    await using victim = new Child(script, args)
    await expect.poll(() => assigned(victim), patience).toBe(4)
    await stream.put(lines(0, 500))
    await expect.poll(() => settled(victim), patience).toBe(500)
    await using heir = new Child(script, args)
    await expect.poll(() => [assigned(victim), assigned(heir)], patience).toEqual([2, 2])
    await victim.kill()
    await stream.put(lines(500, 1_000))
    await expect.poll(() => settled(victim, heir), patience).toBe(1_000)
    // What the first had settled is not done again.
    const [before, after] = [new Set(victim.lines), heir.lines.filter((line) => /^\d+$/.test(line))]
    expect(after.filter((line) => before.has(line))).toEqual([])
    await expect.poll(async () => (await stream.lag('c')).map(({ records }) => records), patience).toEqual([0, 0, 0, 0])
  })

  it('lose what they held while they stood still, and never commit for it', async () => {
    await using opened = new OpenStreams(brokers)
    const stream = await (await opened.open()).create('logs', { shardCount: 1, retentionHours: 24 })
    const args = [brokers.join(','), opened.topicPrefix]
    await using sleeper = new Child(script, args)
    await expect.poll(() => assigned(sleeper), patience).toBe(1)
    await stream.put(lines(0, 200))
    await expect.poll(() => settled(sleeper), patience).toBe(200)
    sleeper.signal('SIGSTOP')
    await using heir = new Child(script, args)
    await expect.poll(() => assigned(heir), patience).toBe(1)
    await stream.put(lines(200, 400))
    await expect.poll(() => settled(heir), patience).toBe(200)
    expect((await stream.lag('c'))[0]?.checkpoint).toBe(400)
    sleeper.signal('SIGCONT')
    await expect.poll(() => sleeper.lines.filter((line) => line.startsWith('- ')).length, patience).toBe(1)
    await stream.put(lines(400, 500))
    await expect.poll(() => settled(sleeper, heir), patience).toBe(500)
    await expect.poll(async () => (await stream.lag('c'))[0]?.checkpoint, patience).toBe(500)
  })
})
