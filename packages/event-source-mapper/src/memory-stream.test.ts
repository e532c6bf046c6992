import { createMemoryStreams, hashKeyEnd, shardIdOf } from '@millrace/stream'
import { ManualClock } from '@millrace/testing'
import { expect, it } from 'vitest'
import { createEventSourceMapper } from './event-source-mapper.ts'
import { parseMappingParameters } from './parse-mapping-parameters.ts'
import { allSettled, FakeInvoker, outcomes } from './simulation/fake-invoker.ts'

it('drains a stream that two processes share, also when one of them stops, and leaves no lag', async () => {
  const clock = new ManualClock()
  const streams = createMemoryStreams({ clock })
  const stream = await streams.create('logs', { shardCount: 4, retentionHours: 24 })
  const handled = new Map<string, number>()
  const invoker = new FakeInvoker(({ records }) => {
    const poison = records.map((record) => Buffer.from(record.data).toString() === 'line 13')
    for (const [index, { data }] of records.entries()) {
      const line = Buffer.from(data).toString()
      if (!poison[index]) handled.set(line, (handled.get(line) ?? 0) + 1)
    }
    if (!poison.includes(true)) return Promise.resolve(allSettled(records))
    return Promise.resolve(outcomes(poison.map((bad) => (bad ? { outcome: 'terminal', reason: 'thirteen' } : { outcome: 'settled' }))))
  })
  const start = (): { mapper: ReturnType<typeof createEventSourceMapper>; running: Promise<void>; controller: AbortController } => {
    const parameters = parseMappingParameters({ StartingPosition: 'TRIM_HORIZON', BatchSize: 7, payload: 'batch' }, clock.now())
    const mapper = createEventSourceMapper({
      uuid: 'u',
      stream,
      functionName: 'f',
      invoker,
      deadLetters: streams.deadLetters,
      parameters,
      clock,
      random: Math.random,
    })
    const controller = new AbortController()
    return { mapper, running: mapper.run(controller.signal), controller }
  }
  const put = async (from: number, to: number): Promise<void> => {
    for (let line = from; line < to; line++) await stream.put([{ data: Buffer.from(`line ${line}`), partitionKey: `k${line}` }])
    await clock.advance(1_000)
  }
  const [first, second] = [start(), start()]
  await put(0, 300)
  expect(first.mapper.stats().shards.length + second.mapper.stats().shards.length).toBe(4)
  first.controller.abort()
  await clock.advance(1_000)
  await first.running
  await put(300, 600)
  second.controller.abort()
  await clock.advance(1_000)
  await second.running
  expect(handled.size).toBe(599)
  expect([...handled.values()].every((count) => count === 1)).toBe(true)
  expect(await streams.deadLetters.list({ limit: 10 })).toMatchObject([
    { stream: 'logs', condition: 'Terminal', reason: 'thirteen', attempts: 1 },
  ])
  expect((await stream.lag('u')).map((lag) => lag.records)).toEqual([0, 0, 0, 0])
  const [before, after] = [first.mapper.stats(), second.mapper.stats()]
  expect(before.settled + before.deadLettered + after.settled + after.deadLettered).toBe(600)
  await streams.close()
})

it('goes from shards that are closed to those that follow, each key in order', async () => {
  const clock = new ManualClock()
  const streams = createMemoryStreams({ clock })
  const stream = await streams.create('logs', { shardCount: 1, retentionHours: 24 })
  const handled: string[] = []
  const invoker = new FakeInvoker(({ records }) => {
    handled.push(...records.map(({ data }) => Buffer.from(data).toString()))
    return Promise.resolve(allSettled(records))
  })
  const mapper = createEventSourceMapper({
    uuid: 'u',
    stream,
    functionName: 'f',
    invoker,
    deadLetters: streams.deadLetters,
    parameters: parseMappingParameters({ StartingPosition: 'TRIM_HORIZON', BatchSize: 7, payload: 'batch' }, clock.now()),
    clock,
    random: Math.random,
  })
  const controller = new AbortController()
  const running = mapper.run(controller.signal)
  const keys = ['a', 'b', 'c', 'd', 'e']
  const counts = new Map<string, number>()
  const put = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) {
      for (const key of keys) {
        const at = counts.get(key) ?? 0
        counts.set(key, at + 1)
        await stream.put([{ data: Buffer.from(`${key}/${at}`), partitionKey: key }])
      }
    }
  }
  await put()
  await streams.split('logs', shardIdOf(0), hashKeyEnd / 2n)
  await put()
  await clock.advance(1_000)
  await streams.scale('logs', 3)
  await streams.scale('logs', 1)
  await put()
  await clock.advance(5_000)
  controller.abort()
  await clock.advance(1_000)
  await running
  for (const key of keys) {
    expect(handled.filter((text) => text.startsWith(`${key}/`))).toEqual(Array.from({ length: 60 }, (_, at) => `${key}/${at}`))
  }
  expect(new Set((await stream.lag('u')).map(({ records }) => records))).toEqual(new Set([0]))
  await streams.close()
})
