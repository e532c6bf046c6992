import { ManualClock } from '@millrace/testing'
import { describe, expect, it, vi } from 'vitest'
import { createLocalCoordination } from '../src/index.ts'
import { lambdaRuntime, value } from './lambda-runtime.ts'

const never = new AbortController().signal

describe('environments', () => {
  it('are started when all are busy, used most recent first, and ended when they are idle', async () => {
    const clock = new ManualClock()
    await using f = lambdaRuntime('behaviours.slots', { idleTimeoutMs: 60_000 }, { clock, startsMax: 10 })
    const threads = async (count: number, ms = 1): Promise<Set<unknown>> =>
      new Set(
        (await Promise.all(Array.from({ length: count }, () => f.invoke({ do: 'wait', ms })))).map(
          (result) => (value(result) as { thread: number }).thread,
        ),
      )
    // Long enough for all three to be started before the first is free again.
    expect((await threads(3, 1_500)).size).toBe(3)
    await clock.advance(40_000)
    const used = await threads(1)
    await clock.advance(40_000)
    expect(f.runtime.stats().get('f')).toMatchObject({ environments: 1, coldStarts: 3 })
    expect(await threads(1)).toEqual(used)
    await clock.advance(60_000)
    expect(f.runtime.stats().get('f')).toMatchObject({ environments: 0, environmentStarts: 3 })
  })

  it('are kept ready where the function says so', async () => {
    const clock = new ManualClock()
    await using f = lambdaRuntime('behaviours.slots', { provisionedConcurrency: 2 }, { clock })
    expect(f.runtime.stats().get('f')).toMatchObject({ environments: 2 })
    await f.invoke({ do: 'nothing' })
    await vi.waitFor(() => expect(f.runtime.stats().get('f')).toMatchObject({ startingEnvironments: 0 }), 20_000)
    await clock.advance(600_000)
    expect(f.runtime.stats().get('f')).toMatchObject({ environments: 2, coldStarts: 0 })
    await f.invoke({ do: 'exit' })
    await clock.advance(1)
    expect(f.runtime.stats().get('f')).toMatchObject({ environments: 2, environmentStarts: 3 })
  })

  it('take many at once where the function says so: from nothing to 200 executions', async () => {
    await using f = lambdaRuntime('behaviours.slots', { concurrencyPerEnvironment: 50 })
    const results = await Promise.all(Array.from({ length: 200 }, () => f.invoke({ do: 'wait', ms: 500 })))
    expect(results.every(({ kind }) => kind === 'success')).toBe(true)
    expect(f.runtime.stats().get('f')).toMatchObject({ environmentStarts: 4, invocations: 200 })
  })
})

describe('concurrency', () => {
  it('is limited, and past the limit invocations are refused', async () => {
    await using f = lambdaRuntime('behaviours.slots', { reservedConcurrency: 1 })
    const first = f.invoke({ do: 'wait', ms: 100 })
    await expect(f.invoke()).rejects.toMatchObject({
      name: 'TooManyRequestsError',
      retryable: true,
      message: expect.stringContaining('"f" runs 1 times'),
    })
    await first
    await f.invoke({ do: 'nothing' })
    expect(f.runtime.stats().get('f')).toMatchObject({ throttles: 1, invocations: 2, concurrentExecutions: 0, concurrencyMax: 1 })
  })

  it('is shared by the functions that reserve none', async () => {
    await using f = lambdaRuntime('behaviours.slots', {}, { accountConcurrencyMax: 1 })
    const first = f.invoke({ do: 'wait', ms: 50 })
    await expect(f.invoke()).rejects.toMatchObject({ name: 'TooManyRequestsError' })
    await first
  })

  it('may be shared with whoever else has the limits', async () => {
    const coordination = createLocalCoordination()
    const elsewhere = coordination.concurrencyLimit('function/f', { max: 1, waitersMax: 10_000 })
    await using f = lambdaRuntime('behaviours.slots', { reservedConcurrency: 1 }, { coordination })
    await elsewhere.take(never)
    await expect(f.invoke()).rejects.toMatchObject({ name: 'TooManyRequestsError' })
    const waiting = f.runtime.acquire('f', never)
    elsewhere.give()
    ;(await waiting).release()
    expect((await f.invoke({ do: 'nothing' })).kind).toBe('success')
    expect(coordination.stats().concurrency.get('function/f')).toMatchObject({ taken: 0 })
  })

  it('is acquired before there is work: a permit lets one invocation run at a time', async () => {
    await using f = lambdaRuntime('behaviours.slots', { reservedConcurrency: 1 })
    const permit = await f.runtime.acquire('f', never)
    await expect(f.invoke()).rejects.toMatchObject({ name: 'TooManyRequestsError' })
    const payload = { kind: 'json', json: '{"do":"nothing"}' } as const
    const first = f.runtime.invoke('f', payload, { permit })
    await expect(f.runtime.invoke('f', payload, { permit })).rejects.toMatchObject({ name: 'InvalidPermitError' })
    await first
    await f.runtime.invoke('f', payload, { permit })
    const next = f.runtime.acquire('f', never)
    permit.release()
    ;(await next).release()
    await f.invoke({ do: 'nothing' })
    expect(f.runtime.stats().get('f')).toMatchObject({ invocations: 3, environmentStarts: 1 })
  })

  it('names the functions that there are', async () => {
    await using f = lambdaRuntime('behaviours.echo')
    await expect(f.runtime.acquire('g', never)).rejects.toThrow('No function is called "g" (there is f).')
    await expect(f.runtime.invoke('g', { kind: 'json', json: '1' })).rejects.toMatchObject({ name: 'FunctionNotFoundError' })
  })
})

describe('close', () => {
  it('lets what runs end, and refuses what comes', async () => {
    const f = lambdaRuntime('behaviours.slots', { reservedConcurrency: 1 })
    const running = f.invoke({ do: 'wait', ms: 100 })
    const waiting = f.runtime.acquire('f', never)
    const closed = f.runtime.close()
    await expect(waiting).rejects.toMatchObject({ name: 'InvokerClosedError' })
    await expect(f.invoke()).rejects.toMatchObject({ name: 'InvokerClosedError' })
    expect((await running).kind).toBe('success')
    await closed
    expect(f.runtime.stats().get('f')).toMatchObject({ environments: 0 })
  })

  it('ends what does not end by itself', async () => {
    const spinning = Promise.withResolvers<void>()
    const f = lambdaRuntime(
      'behaviours.spins',
      {},
      { closeGraceMs: 10, onLog: ({ line }) => line.endsWith('about to spin') && spinning.resolve() },
    )
    const running = f.invoke()
    await spinning.promise
    await f.runtime.close()
    expect(await running).toMatchObject({
      kind: 'failure',
      errorType: 'Runtime.EnvironmentEnded',
      errorMessage: expect.stringContaining('shutting down'),
    })
  })
})

describe('metering', () => {
  it('adds up to what the reports say', async () => {
    await using f = lambdaRuntime('behaviours.waits', { memorySizeMb: 512 })
    const results = [await f.invoke({ ms: 5 }), await f.invoke({ ms: 5 })]
    const billed = results.reduce((sum, { report }) => sum + report.billedDurationMs, 0)
    expect(results.map(({ report }) => report.initDurationMs !== undefined)).toEqual([true, false])
    const stats = f.runtime.stats().get('f')
    expect(stats).toMatchObject({ billedDurationMs: billed, memorySizeMb: 512, initDurations: { count: 1 }, durations: { count: 2 } })
    expect(stats?.gbSeconds).toBeCloseTo((billed / 1000) * 0.5)
    expect(stats?.maxMemoryUsedMb).toBeGreaterThan(0)
  })
})
