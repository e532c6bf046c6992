import { describe, expect, it, vi } from 'vitest'
import { lambdaRuntime, value } from './lambda-runtime.ts'

describe('a handler that fails', () => {
  it.each([
    ['throws', 'behaviours.fails', { errorType: 'TypeError', errorMessage: 'no field "x"' }],
    ['throws what is not an error', 'behaviours.throwsText', { errorType: 'string', errorMessage: 'just text', trace: [] }],
    ['answers what cannot be sent', 'behaviours.circular', { errorType: 'Runtime.MarshalError' }],
  ])('%s', async (_, handler, expected) => {
    await using f = lambdaRuntime(handler)
    expect(await f.invoke()).toMatchObject({ kind: 'failure', ...expected })
    await f.invoke()
    expect(f.runtime.stats().get('f')).toMatchObject({ errors: 2, environmentStarts: 1 })
  })

  it('has its error in the log, with what it carries', async () => {
    await using f = lambdaRuntime('behaviours.fails')
    const { logTail } = await f.invoke()
    expect(logTail).toMatch(
      /\tERROR\tInvoke Error \t\{"errorType":"TypeError","errorMessage":"no field \\"x\\"","code":"E_FIELD","stack":\["TypeError: /,
    )
  })

  it('answers too much', async () => {
    await using f = lambdaRuntime('behaviours.large')
    expect(await f.invoke({ length: 6_291_554 })).toMatchObject({ kind: 'success' })
    expect(await f.invoke({ length: 6_291_555 })).toMatchObject({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    })
    await expect(f.invoke('x'.repeat(6_291_455))).rejects.toMatchObject({ name: 'PayloadTooLargeError', retryable: false })
  })
})

describe('a handler that never gets ready', () => {
  it.each([
    ['missing.handler', 'Runtime.ImportModuleError', /Cannot find module 'missing'/],
    ['missing-dependency.handler', 'Runtime.ImportModuleError', /a-package-that-is-not-there/],
    ['syntax-error.handler', 'Runtime.UserCodeSyntaxError', /^SyntaxError: /],
    ['behaviours.nothing', 'Runtime.HandlerNotFound', /^behaviours.nothing is undefined or not exported$/],
    ['nested/deep.notAFunction', 'Runtime.HandlerNotFound', /is not a function$/],
    ['throws-at-init.handler', 'RangeError', /^no such luck$/],
    ['exits-at-init.handler', 'Runtime.ExitError', /exit status 7$/],
    ['hangs-at-init.handler', 'Sandbox.Timedout', /Initialization timed out after 0.50 seconds/],
  ])('%s: %s', async (handler, errorType, message) => {
    await using f = lambdaRuntime(handler, {}, { initTimeoutMs: handler.startsWith('hangs') ? 500 : 10_000 })
    expect(await f.invoke()).toMatchObject({ kind: 'failure', errorType, errorMessage: expect.stringMatching(message) })
    expect(f.runtime.stats().get('f')).toMatchObject({ initFailures: 1, errors: 1, busyInvocations: 0, environments: 0 })
  })

  it('fails all that wait, not one after the other', async () => {
    await using f = lambdaRuntime('throws-at-init.handler', { concurrencyPerEnvironment: 50 })
    const results = await Promise.all(Array.from({ length: 50 }, () => f.invoke()))
    expect(results.every((result) => result.kind === 'failure' && result.errorType === 'RangeError')).toBe(true)
    expect(f.runtime.stats().get('f')).toMatchObject({ environmentStarts: 1 })
  })
})

describe('an invocation that ends its environment', () => {
  it('by spinning: the time-out ends it, and what it wrote before is there', async () => {
    await using f = lambdaRuntime('behaviours.spins', { timeoutSeconds: 1 })
    const result = await f.invoke()
    expect(result).toMatchObject({
      kind: 'failure',
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${result.requestId} Error: Task timed out after 1.00 seconds`,
      report: { durationMs: 1_000 },
    })
    expect(result.logTail).toContain('\tINFO\tabout to spin\n')
    expect(result.logTail).toMatch(
      new RegExp(`Z ${result.requestId} Task timed out after 1.00 seconds\nEND .*\nREPORT .*\tStatus: timeout\t\n$`),
    )
    expect(f.runtime.stats().get('f')).toMatchObject({ timeouts: 1, environments: 0 })
  })

  it.each([
    ['behaviours.heap', 'its heap'],
    ['behaviours.buffers', 'its buffers'],
  ])('by the memory that it takes: %s', async (handler) => {
    await using f = lambdaRuntime(handler, {}, { memoryCheckMs: 20 })
    const result = await f.invoke()
    expect(result).toMatchObject({ kind: 'failure', errorType: 'Runtime.OutOfMemory' })
    expect(result.logTail).toContain('Status: error\tError Type: Runtime.OutOfMemory\t')
  })

  it.each([
    ['exit', 'Runtime.ExitError', /Runtime exited with error: exit status 3$/],
    ['reject', 'Runtime.UnhandledPromiseRejection', /^Error: unnoticed$/],
    ['throw', 'RangeError', /^out of nowhere$/],
  ])('by what it does: %s', async (what, errorType, message) => {
    await using f = lambdaRuntime('behaviours.slots')
    const failed = await f.invoke({ do: what })
    expect(failed).toMatchObject({ kind: 'failure', errorType, errorMessage: expect.stringMatching(message) })
    if (failed.kind === 'failure' && failed.trace.length > 0) {
      expect(failed.trace[0]).toBe(`${errorType}: ${failed.errorMessage}`)
      expect(failed.trace[1]).toMatch(/^ {4}at /)
    }
    expect(value(await f.invoke({ do: 'nothing' }))).toEqual({ thread: expect.any(Number) })
    expect(f.runtime.stats().get('f')).toMatchObject({ errors: 1, coldStarts: 2 })
  })

  it('after it has answered: the next one runs in another environment', async () => {
    await using f = lambdaRuntime('behaviours.lingers')
    expect(value(await f.invoke(1))).toBe('well')
    await vi.waitFor(() => expect(f.runtime.stats().get('f')).toMatchObject({ environments: 0 }), 20_000)
    expect(
      f.log.some(({ line }) => line.includes('Uncaught Exception \t{"errorType":"RangeError","errorMessage":"after the answer"')),
    ).toBe(true)
    expect(value(await f.invoke())).toBe('well')
    expect(f.runtime.stats().get('f')).toMatchObject({ errors: 0, environmentStarts: 2 })
  })

  it('takes its neighbours with it, who are told why', async () => {
    await using f = lambdaRuntime('behaviours.slots', { concurrencyPerEnvironment: 2 })
    const [neighbour, culprit] = await Promise.all([f.invoke({ do: 'wait', ms: 20_000 }), f.invoke({ do: 'reject' })])
    expect(culprit).toMatchObject({ errorType: 'Runtime.UnhandledPromiseRejection' })
    expect(neighbour).toMatchObject({
      kind: 'failure',
      errorType: 'Runtime.EnvironmentEnded',
      errorMessage: expect.stringContaining('another invocation in it crashed with Runtime.UnhandledPromiseRejection'),
    })
  })

  it('leaves other environments alone', async () => {
    await using f = lambdaRuntime('behaviours.slots')
    const [neighbour, culprit] = await Promise.all([f.invoke({ do: 'wait', ms: 200 }), f.invoke({ do: 'exit' })])
    expect([neighbour.kind, culprit.kind]).toEqual(['success', 'failure'])
  })

  it('by its caller: a signal ends it', async () => {
    await using f = lambdaRuntime('behaviours.spins')
    const controller = new AbortController()
    const spinning = Promise.withResolvers<void>()
    await using g = lambdaRuntime('behaviours.spins', {}, { onLog: ({ line }) => line.endsWith('about to spin') && spinning.resolve() })
    const result = g.invoke(null, { signal: controller.signal })
    await spinning.promise
    controller.abort(new Error('the shard was revoked'))
    await expect(result).rejects.toThrow('the shard was revoked')
    expect(g.runtime.stats().get('f')).toMatchObject({ environments: 0, busyInvocations: 0 })
    await expect(f.invoke(null, { signal: controller.signal })).rejects.toThrow('the shard was revoked')
    expect(f.runtime.stats().get('f')).toMatchObject({ environmentStarts: 0 })
  })
})
