import {
  DestinationError,
  FunctionNotFoundError,
  type InvocationResult,
  type InvokeOptions,
  type Invoker,
  type Payload,
  TooManyRequestsError,
} from '@millrace/function'
import { createMemoryStreams } from '@millrace/stream'
import { ManualClock } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import type { AsyncLimits } from './async-context.ts'
import { type AsyncInvocations, createAsyncInvocations } from './async-invocations.ts'
import { eventsStream } from './async-queue.ts'
import { asyncDefaults, type AsyncSettings } from './async-settings.ts'

const report = { durationMs: 1, billedDurationMs: 1, memorySizeMb: 128, maxMemoryUsedMb: 1 }
const minute = 60_000

interface Call {
  readonly functionName: string
  readonly event: unknown
  readonly requestId: string | undefined
  readonly at: number
}

/** A function that does what `behave` says, and is written down. */
class FakeInvoker implements Invoker {
  readonly calls: Call[] = []
  readonly #clock: ManualClock
  behave: (call: Call) => Promise<'ok' | 'fails'> | 'ok' | 'fails' = () => 'ok'
  acquires = 0
  constructor(clock: ManualClock) {
    this.#clock = clock
  }

  async invoke(functionName: string, payload: Payload, options: InvokeOptions = {}): Promise<InvocationResult> {
    if (functionName === 'throttled') throw new TooManyRequestsError('Rate exceeded')
    if (functionName === 'elsewhere') throw new FunctionNotFoundError(functionName, [])
    const call = {
      functionName,
      event: JSON.parse((payload as { json: string }).json) as unknown,
      requestId: options.requestId,
      at: this.#clock.now(),
    }
    this.calls.push(call)
    const head = { requestId: options.requestId ?? 'r', report, logTail: '' }
    if ((await this.behave(call)) === 'ok') return { ...head, kind: 'success', json: '{"done":true}' }
    return { ...head, kind: 'failure', errorType: 'TypeError', errorMessage: 'no', trace: ['TypeError: no'] }
  }

  acquire(_functionName: string, signal: AbortSignal): Promise<never> {
    this.acquires++
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }))
  }
}

function setup(settings: Partial<AsyncSettings> = {}, limits: Partial<AsyncLimits> = {}) {
  const clock = new ManualClock()
  const streams = createMemoryStreams({ clock })
  const invoker = new FakeInvoker(clock)
  const delivered: { readonly to: string; readonly json: unknown; readonly attributes?: unknown }[] = []
  const warnings: string[] = []
  let ids = 0
  let failDeliveries = false
  const open = (): AsyncInvocations =>
    createAsyncInvocations({
      invoker,
      streams,
      deadLetters: streams.deadLetters,
      clock,
      functionNames: () => ['f', 'g', 'throttled', 'elsewhere'],
      settingsOf: () => ({ ...asyncDefaults, ...settings }),
      destinations: {
        open: (to) => ({
          deliver: async (record) => {
            if (failDeliveries) throw new DestinationError('nobody there', false)
            const { attributes } = record
            delivered.push({ to, json: JSON.parse(record.json()) as unknown, ...(attributes === undefined ? {} : { attributes }) })
          },
        }),
      },
      random: () => 0,
      warn: (message) => warnings.push(message),
      requestId: () => `id-${ids++}`,
      limits: { checkpointMs: 0, discoveryMs: 1_000, ...limits },
    })
  const asynchronous = open()
  const stop = new AbortController()
  const running = asynchronous.run(stop.signal)
  return {
    clock,
    streams,
    invoker,
    delivered,
    warnings,
    asynchronous,
    open,
    failDeliveries: () => (failDeliveries = true),
    begin: clock.now(),
    /** Lets everything happen that can happen now. */
    now: async () => {
      for (let turn = 0; turn < 20; turn++) await clock.advance(0)
    },
    stop: async () => {
      stop.abort()
      for (let turn = 0; turn < 20; turn++) await clock.advance(500)
      await running
    },
    letters: () => streams.deadLetters.list({ limit: 100 }),
    lag: async () => {
      const names = (await streams.list()).map(({ name }) => name)
      const lags = await Promise.all(names.map(async (name) => (await streams.get(name)).lag('millrace.async-invocations')))
      return lags.flat().reduce((sum, { records }) => sum + records, 0)
    },
  }
}

describe('an event', () => {
  it('is kept before it is answered, and its function is invoked with it under the id that was answered', async () => {
    const it = setup()
    expect(await it.streams.list()).toEqual([])
    const { requestId } = await it.asynchronous.invokeAsync('f', '{"a":1}')
    await it.now()
    expect(it.invoker.calls).toEqual([{ functionName: 'f', event: { a: 1 }, requestId, at: it.begin }])
    expect(await it.lag()).toBe(0)
    expect(it.asynchronous.stats().get('f')).toMatchObject({ asyncEventsReceived: 1, asyncEventsDropped: 0, asyncRetries: 0 })
    await it.stop()
  })

  it('of a process that does not run events is found by one that does', async () => {
    const it = setup()
    const gateway = it.open()
    await gateway.invokeAsync('f', '1')
    await it.clock.advance(1_000)
    await it.now()
    expect(it.invoker.calls).toHaveLength(1)
    await it.stop()
  })

  it('that is too large, or for nobody, is refused', async () => {
    const it = setup()
    await expect(it.asynchronous.invokeAsync('nobody', '1')).rejects.toMatchObject({ name: 'FunctionNotFoundError' })
    await expect(it.asynchronous.invokeAsync('f', `"${'x'.repeat(1_048_575)}"`)).rejects.toMatchObject({ name: 'PayloadTooLargeError' })
    await it.asynchronous.invokeAsync('f', `"${'x'.repeat(1_048_574)}"`)
    await it.stop()
  })

  it('that was running when the process stopped is run again', async () => {
    const it = setup({}, { shutdownGraceMs: 100 })
    it.invoker.behave = () => new Promise(() => {})
    await it.asynchronous.invokeAsync('f', '1')
    await it.asynchronous.invokeAsync('g', '1')
    await it.now()
    await it.stop()
    it.invoker.behave = () => 'ok'
    const next = it.open()
    const stop = new AbortController()
    const running = next.run(stop.signal)
    await it.now()
    expect(it.invoker.calls.map(({ functionName }) => functionName).toSorted()).toEqual(['f', 'f', 'g', 'g'])
    stop.abort()
    await it.now()
    await running
    await expect(next.invokeAsync('f', '1')).rejects.toMatchObject({ name: 'InvokerClosedError' })
  })
})

describe('a function that fails', () => {
  it('is tried again after one minute, and two; then the event is a dead letter that can begin anew', async () => {
    const it = setup()
    it.invoker.behave = () => 'fails'
    await it.asynchronous.invokeAsync('f', '{"a":1}')
    await it.clock.advance(4 * minute)
    expect(it.invoker.calls.map(({ at, requestId }) => [(at - it.begin) / minute, requestId])).toEqual([
      [0, 'id-0'],
      [1, 'id-0'],
      [3, 'id-0'],
    ])
    expect(it.asynchronous.stats().get('f')).toMatchObject({ asyncEventsDropped: 1, asyncRetries: 2 })
    const [letter] = await it.letters()
    expect(letter).toMatchObject({
      stream: eventsStream,
      functionName: 'f',
      condition: 'RetryAttemptsExhausted',
      reason: 'TypeError: no',
      attempts: 3,
    })
    expect(await it.lag()).toBe(0)

    it.invoker.behave = () => 'ok'
    const stream = await it.streams.get(eventsStream)
    await stream.put([{ data: letter?.data ?? new Uint8Array(), partitionKey: 'redriven' }])
    await it.now()
    expect(it.invoker.calls[3]).toMatchObject({ event: { a: 1 }, at: it.clock.now() })
    await it.stop()
  })

  it.each([0, 1])('is tried again %i times where its settings say so', async (retriesMax) => {
    const it = setup({ retriesMax })
    it.invoker.behave = () => 'fails'
    await it.asynchronous.invokeAsync('f', '1')
    await it.clock.advance(10 * minute)
    expect(it.invoker.calls).toHaveLength(1 + retriesMax)
    await it.stop()
  })

  it('does not hold up others, nor its own new events', async () => {
    const it = setup()
    it.invoker.behave = ({ event }) => (event === 'bad' ? 'fails' : 'ok')
    for (let count = 0; count < 50; count++) await it.asynchronous.invokeAsync('f', '"bad"')
    await it.now()
    await it.asynchronous.invokeAsync('f', '"good"')
    await it.asynchronous.invokeAsync('g', '"good"')
    await it.now()
    expect(it.invoker.calls.slice(50).map(({ functionName, at }) => [functionName, at - it.begin])).toEqual([
      ['f', 0],
      ['g', 0],
    ])
    await it.clock.advance(5 * minute)
    expect(it.invoker.calls).toHaveLength(152)
    await it.stop()
  })
})

describe('a function that cannot be run', () => {
  it.each(['throttled', 'elsewhere'])('(%s) is tried again, from 1 s to 5 min apart, until the event is too old', async (name) => {
    const it = setup({ eventAgeSecondsMax: 600, onFailure: 'arn:somewhere' }, { throttleWaitMs: 0 })
    await it.asynchronous.invokeAsync(name, '1')
    await it.clock.advance(20 * minute)
    const { asyncDeferrals } = it.asynchronous.stats().get(name) ?? {}
    // 1, 2, 4, 8, 16, 32, 60, 120 and 300 s are 543 s: the next attempt would be at 843 s.
    expect(asyncDeferrals).toBe(10)
    expect(it.delivered).toEqual([
      {
        to: 'arn:somewhere',
        json: {
          version: '1.0',
          timestamp: new Date(it.begin + 843_000).toISOString(),
          requestContext: {
            requestId: 'id-0',
            functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}:$LATEST`,
            condition: 'EventAgeExceeded',
            approximateInvokeCount: 0,
          },
          requestPayload: 1,
        },
      },
    ])
    expect(await it.letters()).toEqual([])
    await it.stop()
  })

  it('is waited for a moment before its event is put back', async () => {
    const it = setup({}, { throttleWaitMs: 1_000 })
    await it.asynchronous.invokeAsync('throttled', '1')
    await it.clock.advance(999)
    expect([it.invoker.acquires, it.asynchronous.inHand]).toEqual([1, 1])
    await it.clock.advance(1)
    expect(it.asynchronous.inHand).toBe(0)
    await it.stop()
  })

  it('because it is turned off gives its events up at once', async () => {
    const it = setup({ turnedOff: true, deadLetterTarget: 'kafka://dead' })
    await it.asynchronous.invokeAsync('f', '{"a":1}')
    await it.now()
    expect(it.invoker.calls).toEqual([])
    expect(it.delivered).toEqual([
      {
        to: 'kafka://dead',
        json: { a: 1 },
        attributes: { RequestID: 'id-0', ErrorCode: '200', ErrorMessage: 'ZeroReservedConcurrency' },
      },
    ])
    await it.stop()
  })
})

describe('destinations', () => {
  it('get a record of what succeeded, and of what was given up', async () => {
    const it = setup({ onSuccess: 'arn:good', onFailure: 'arn:bad', retriesMax: 0 })
    it.invoker.behave = ({ event }) => (event === 2 ? 'fails' : 'ok')
    await it.asynchronous.invokeAsync('f', '1')
    await it.asynchronous.invokeAsync('f', '2')
    await it.now()
    const records = new Map(it.delivered.map(({ to, json }) => [to, json]))
    expect(records.get('arn:good')).toMatchObject({
      requestContext: { condition: 'Success', approximateInvokeCount: 1 },
      requestPayload: 1,
      responseContext: { statusCode: 200, executedVersion: '$LATEST' },
      responsePayload: { done: true },
    })
    expect(records.get('arn:bad')).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 1 },
      requestPayload: 2,
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'TypeError', errorMessage: 'no', trace: ['TypeError: no'] },
    })
    expect(it.asynchronous.stats().get('f')).toMatchObject({ asyncEventsDropped: 0 })
    await it.stop()
  })

  it('that cannot be reached are counted, and the event is a dead letter', async () => {
    const it = setup({ onFailure: 'arn:bad', deadLetterTarget: 'arn:dead', retriesMax: 0 })
    it.failDeliveries()
    it.invoker.behave = () => 'fails'
    await it.asynchronous.invokeAsync('f', '1')
    await it.now()
    expect(it.asynchronous.stats().get('f')).toMatchObject({ destinationDeliveryFailures: 1, deadLetterErrors: 1, asyncEventsDropped: 1 })
    expect(await it.letters()).toHaveLength(1)
    expect(it.warnings.join()).toContain('could not be delivered to arn:bad: DestinationError: nobody there')
    await it.stop()
  })
})

describe('what is in hand', () => {
  it('is bounded, and shared: a slow function does not hold up another', async () => {
    const it = setup({}, { eventsMax: 20, concurrencyMax: 8 })
    const hanging: ((value: 'ok') => void)[] = []
    it.invoker.behave = ({ functionName }) => (functionName === 'f' ? new Promise((resolve) => hanging.push(resolve)) : 'ok')
    for (let count = 0; count < 100; count++) await it.asynchronous.invokeAsync('f', '1')
    await it.now()
    expect(it.asynchronous.inHand).toBe(10)
    expect(hanging.length).toBe(4)
    for (let count = 0; count < 5; count++) await it.asynchronous.invokeAsync('g', '1')
    await it.now()
    expect(it.invoker.calls.filter(({ functionName }) => functionName === 'g')).toHaveLength(5)
    // And all of it is done in the end, once each.
    it.invoker.behave = () => 'ok'
    for (const go of hanging) go('ok')
    await it.clock.advance(2 * minute)
    expect(it.invoker.calls).toHaveLength(105)
    expect(await it.lag()).toBe(0)
    await it.stop()
  })

  it('is no event: a foreign record is a dead letter', async () => {
    const it = setup()
    await it.asynchronous.invokeAsync('f', '1')
    const stream = await it.streams.get(eventsStream)
    await stream.put([{ data: Buffer.from('hello'), partitionKey: 'k' }])
    await it.now()
    expect(await it.letters()).toMatchObject([{ condition: 'Terminal', data: new Uint8Array(Buffer.from('hello')) }])
    expect(await it.lag()).toBe(0)
    await it.stop()
  })
})
