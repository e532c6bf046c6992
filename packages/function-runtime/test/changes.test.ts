import { ManualClock } from '@millrace/testing'
import { describe, expect, it, vi } from 'vitest'
import { lambdaRuntime, value } from './lambda-runtime.ts'

const never = new AbortController().signal
const soon = { timeout: 20_000 }

describe('settings that change while the function runs', () => {
  it('hold for the next invocation; what runs ends under the old ones, and its environment with it', async () => {
    await using f = lambdaRuntime('behaviours.slow', { environment: { A: 'old' }, memorySizeMb: 128 })
    await f.invoke({ ms: 0 })
    const running = f.invoke({ ms: 300 })
    f.runtime.change('f', { environment: { A: 'new' }, timeoutSeconds: 9, memorySizeMb: 256 })
    const next = f.invoke({ ms: 0 })
    expect(value(await next)).toMatchObject({ variable: 'new', memory: '256', remaining: 9 })
    expect(value(await running)).toMatchObject({ variable: 'old', memory: '128', remaining: 30 })
    expect(f.runtime.stats().get('f')).toMatchObject({ errors: 0, environments: 1, environmentStarts: 2, memorySizeMb: 256 })
    expect(f.runtime.functions()[0]).toMatchObject({ timeoutSeconds: 9 })
  })

  it('may be another handler, also one that cannot be loaded, and back', async () => {
    await using f = lambdaRuntime('behaviours.echo')
    await f.invoke()
    f.runtime.change('f', { handler: 'behaviours.nowhere' })
    expect(await f.invoke()).toMatchObject({ errorType: 'Runtime.HandlerNotFound' })
    f.runtime.change('f', { handler: 'behaviours.echo' })
    expect(value(await f.invoke(5))).toBe(5)
  })

  it('of concurrency leave environments alone, and whoever waits goes on waiting', async () => {
    await using f = lambdaRuntime('behaviours.slots', { reservedConcurrency: 1 }, { accountConcurrencyMax: 10 })
    const permit = await f.runtime.acquire('f', never)
    const second = f.runtime.acquire('f', never)
    f.runtime.change('f', { reservedConcurrency: 2 })
    ;(await second).release()
    expect(f.runtime.accountStats()).toMatchObject({ concurrentExecutions: 1, unreservedConcurrencyMax: 8 })
    f.runtime.change('f', { reservedConcurrency: 0 })
    await expect(f.invoke()).rejects.toMatchObject({ reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' })
    const third = f.runtime.acquire('f', never)
    f.runtime.change('f', { reservedConcurrency: undefined })
    ;(await third).release()
    permit.release()
    await f.invoke({ do: 'nothing' })
    expect(f.runtime.accountStats()).toMatchObject({
      concurrentExecutions: 0,
      unreservedConcurrentExecutions: 0,
      unreservedConcurrencyMax: 10,
    })
    expect(f.runtime.stats().get('f')).toMatchObject({ concurrentExecutions: 0, concurrentExecutionsMax: 2, throttles: 1 })
  })
})

describe('provisioned concurrency', () => {
  it('is started when it is asked for, used first, counted, and ended when it is given up', async () => {
    const clock = new ManualClock()
    await using f = lambdaRuntime('behaviours.slots', { idleTimeoutMs: 1_000 }, { clock })
    f.runtime.change('f', { provisionedConcurrency: 2 })
    const stats = () => f.runtime.stats().get('f')
    await vi.waitFor(() => expect(stats()).toMatchObject({ environments: 2, startingEnvironments: 0 }), soon)
    const running = [f.invoke({ do: 'wait', ms: 500 }), f.invoke({ do: 'wait', ms: 500 })]
    expect(stats()).toMatchObject({ provisionedConcurrency: 2, provisionedConcurrencyUtilization: 1, spilloverInvocations: 0 })
    await f.invoke({ do: 'nothing' })
    await Promise.all(running)
    expect(stats()).toMatchObject({ provisionedInvocations: 2, spilloverInvocations: 1, coldStarts: 1, environments: 3 })
    await clock.advance(2_000)
    await vi.waitFor(() => expect(stats()).toMatchObject({ environments: 2 }), soon)
    f.runtime.change('f', { provisionedConcurrency: 0 })
    await clock.advance(2_000)
    await vi.waitFor(() => expect(stats()).toMatchObject({ environments: 0, provisionedConcurrencyUtilization: 0 }), soon)
  })
})

describe('scaling out', () => {
  it('faster than it may is throttled, and goes on as the budget comes back; a permit waits for it', async () => {
    const clock = new ManualClock()
    await using f = lambdaRuntime('behaviours.slots', {}, { clock, scaleOutPer10Seconds: 2 })
    const running = [f.invoke({ do: 'wait', ms: 1_000 }), f.invoke({ do: 'wait', ms: 1_000 })]
    await expect(f.invoke()).rejects.toMatchObject({ name: 'TooManyRequestsError', reason: 'FunctionInvocationRateLimitExceeded' })
    const permit = await f.runtime.acquire('f', never)
    const waiting = f.runtime.invoke('f', { kind: 'json', json: '{"do":"nothing"}' }, { permit })
    expect(f.runtime.stats().get('f')).toMatchObject({ environmentStarts: 2, throttles: 1 })
    await clock.advance(5_000)
    expect(f.runtime.stats().get('f')).toMatchObject({ environmentStarts: 3 })
    expect((await waiting).kind).toBe('success')
    await Promise.all(running)
  })
})
