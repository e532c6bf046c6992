import { MessageChannel } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { createFunctionRuntime, type FunctionRuntime, type FunctionRuntimeOptions, type NativeFunctionDefinition } from '../src/index.ts'
import { records, source } from './records.ts'

function nativeRuntime(
  name: string,
  settings: Partial<NativeFunctionDefinition> = {},
  options: Partial<FunctionRuntimeOptions> = {},
): AsyncDisposable & { readonly runtime: FunctionRuntime } {
  const module = new URL('./fixtures/native.ts', import.meta.url)
  const init = (): { data: unknown } => ({ data: { greeting: 'hello' } })
  const runtime = createFunctionRuntime({
    functions: [{ kind: 'native', name: 'f', module, export: name, init, timeoutSeconds: 30, ...settings }],
    ...options,
  })
  return { runtime, [Symbol.asyncDispose]: () => runtime.close() }
}

const batch = (...texts: string[]) => ({ kind: 'records', source, records: records(texts) }) as const

describe('a batch handler', () => {
  it('answers one outcome per record, in order', async () => {
    await using f = nativeRuntime('byData')
    const result = await f.runtime.invoke('f', batch('a', 'overload', 'b', 'never'))
    expect(result).toMatchObject({
      kind: 'outcomes',
      outcomes: [
        { outcome: 'settled' },
        { outcome: 'retry', cause: 'overload', reason: 'busy', afterMs: 50 },
        { outcome: 'settled' },
        { outcome: 'terminal', reason: 'bad' },
      ],
    })
    expect(result.logTail).toContain('\tINFO\thello from f\n')
    expect(await f.runtime.invoke('f', batch('throw'))).toMatchObject({ kind: 'failure', errorType: 'RangeError', errorMessage: 'thrown' })
  })

  it('gets batches of any size as one buffer', async () => {
    await using f = nativeRuntime('settles')
    const texts = Array.from({ length: 5_000 }, () => 'x'.repeat(2_000))
    const result = await f.runtime.invoke('f', batch(...texts))
    expect(
      result.kind === 'outcomes' && result.outcomes.length === 5_000 && result.outcomes.every(({ outcome }) => outcome === 'settled'),
    ).toBe(true)
  })

  it.each([
    ['too few outcomes', 'forgets', batch('a'), 'Runtime.InvalidOutcomes'],
    ['no such export', 'missing', batch('a'), 'Runtime.HandlerNotFound'],
    ['a JSON event', 'settles', { kind: 'json', json: '{}' } as const, 'Runtime.UnsupportedPayload'],
  ])('%s is a failure that says so', async (_, name, payload, errorType) => {
    await using f = nativeRuntime(name)
    expect(await f.runtime.invoke('f', payload)).toMatchObject({ kind: 'failure', errorType })
  })

  it('whose data cannot be made is a failure that says so', async () => {
    await using f = nativeRuntime('settles', {
      init: () => {
        throw new RangeError('no port left')
      },
    })
    expect(await f.runtime.invoke('f', batch('a'))).toMatchObject({
      kind: 'failure',
      errorType: 'RangeError',
      errorMessage: 'no port left',
    })
  })
})

describe('what a batch handler holds', () => {
  it('is made anew for each environment, and given back at its end; a signal asks before it kills', async () => {
    const { port1, port2 } = new MessageChannel()
    const told: unknown[] = []
    const disposed = Promise.withResolvers<void>()
    const controller = new AbortController()
    port1.on('message', (message) => {
      told.push(message)
      if (message === 'started') controller.abort(new Error('revoked'))
      if (message === 'disposed') disposed.resolve()
    })
    const f = nativeRuntime('waiting', { init: () => ({ data: { greeting: '', port: port2 }, transfer: [port2] }) })
    await expect(f.runtime.invoke('f', batch('a'), { signal: controller.signal })).rejects.toThrow('revoked')
    expect(f.runtime.stats().get('f')).toMatchObject({ environments: 1 })
    await f.runtime.close()
    await disposed.promise
    expect(told).toEqual(['started', 'aborted', 'disposed'])
  })

  it('goes with an environment that does not end when asked', async () => {
    await using f = nativeRuntime('waiting', { timeoutSeconds: 1, concurrencyPerEnvironment: 2 }, { abortGraceMs: 50 })
    const [stubborn, polite] = await Promise.all([f.runtime.invoke('f', batch('stubborn')), f.runtime.invoke('f', batch('polite'))])
    expect(stubborn).toMatchObject({ kind: 'failure', errorType: 'Sandbox.Timedout' })
    expect(polite).toMatchObject({ kind: 'failure', errorType: 'Sandbox.Timedout' })
    expect(f.runtime.stats().get('f')).toMatchObject({ timeouts: 2, environments: 0 })
  })
})
