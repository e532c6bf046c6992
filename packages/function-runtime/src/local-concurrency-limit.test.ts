import { describe, expect, it } from 'vitest'
import { LocalConcurrencyLimit } from './local-concurrency-limit.ts'

const never = new AbortController().signal

describe('LocalConcurrencyLimit', () => {
  it('serves those who wait in their order', async () => {
    const limit = new LocalConcurrencyLimit({ max: 1, waitersMax: 10 })
    expect(limit.tryTake()).toBe(true)
    const served: string[] = []
    const waits = ['first', 'second'].map((name) => limit.take(never).then(() => served.push(name)))
    limit.give()
    await waits[0]
    expect(served).toEqual(['first'])
    expect(limit.tryTake()).toBe(false)
    limit.give()
    await waits[1]
    limit.give()
    expect(limit.stats()).toMatchObject({ taken: 0, waiting: 0 })
  })

  it('forgets whoever gives up', async () => {
    const limit = new LocalConcurrencyLimit({ max: 0, waitersMax: 10 })
    const controller = new AbortController()
    const waiting = limit.take(controller.signal)
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(limit.take(controller.signal)).rejects.toThrow('enough')
    expect(limit.stats().waiting).toBe(0)
  })

  it('bounds the number of those who wait', async () => {
    const limit = new LocalConcurrencyLimit({ max: 0, waitersMax: 1 })
    const waiting = limit.take(never)
    await expect(limit.take(never)).rejects.toMatchObject({ name: 'TooManyRequestsError', retryable: true })
    limit.close()
    await expect(waiting).rejects.toMatchObject({ name: 'InvokerClosedError', retryable: false })
    await expect(limit.take(never)).rejects.toMatchObject({ name: 'InvokerClosedError' })
  })
})
