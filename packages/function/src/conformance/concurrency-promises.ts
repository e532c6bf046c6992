import { expect } from 'vitest'
import { eventually, isSettled, never, takeAll } from './helpers.ts'
import type { Promises } from './subject.ts'

export const concurrencyPromises: Promises = {
  async 'gives out as many slots as there are, and those again that come back'(subject) {
    const limit = (await subject.open()).concurrencyLimit('a', { max: 3 })
    await takeAll(limit, 3)
    expect(limit.tryTake()).toBe(false)
    expect(await limit.request()).toBe(false)
    expect(limit.stats()).toMatchObject({ max: 3, taken: 3, waiting: 0 })
    limit.give()
    expect(limit.stats().taken).toBe(2)
    await eventually('the slot can be had again', () => limit.request())
    expect(limit.stats().taken).toBe(3)
  },

  async 'serves those who wait in the order in which they came'(subject) {
    const limit = (await subject.open()).concurrencyLimit('a', { max: 2 })
    await takeAll(limit, 2)
    const served: number[] = []
    const turns = Array.from({ length: 20 }, (_, index) => limit.take(never).then(() => served.push(index)))
    expect(limit.stats().waiting).toBe(20)
    for (const turn of turns) {
      limit.give()
      await turn
    }
    expect(served).toEqual(Array.from({ length: 20 }, (_, index) => index))
    expect(limit.stats()).toMatchObject({ taken: 2, waiting: 0 })
  },

  async 'forgets whoever gives up, with the reason of the signal'(subject) {
    const limit = (await subject.open()).concurrencyLimit('a', { max: 1 })
    await limit.take(never)
    const controller = new AbortController()
    const first = limit.take(controller.signal)
    const second = limit.take(never)
    controller.abort(new Error('enough'))
    await expect(first).rejects.toThrow('enough')
    await expect(limit.take(controller.signal)).rejects.toThrow('enough')
    limit.give()
    await second
    expect(limit.stats()).toMatchObject({ taken: 1, waiting: 0 })
  },

  async 'bounds the number of those who wait'(subject) {
    const limit = (await subject.open()).concurrencyLimit('a', { max: 1, waitersMax: 1 })
    await limit.take(never)
    const waiting = limit.take(never)
    await expect(limit.take(never)).rejects.toMatchObject({ name: 'TooManyRequestsError', retryable: true })
    limit.give()
    await waiting
  },

  async 'has no slot where the limit is 0'(subject) {
    const limit = (await subject.open()).concurrencyLimit('a', { max: 0 })
    expect(limit.tryTake()).toBe(false)
    expect(await limit.request()).toBe(false)
    const controller = new AbortController()
    const waiting = limit.take(controller.signal)
    expect(await isSettled(waiting)).toBe(false)
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  },

  async 'keeps limits of other names apart, and one of the same name together'(subject) {
    const coordination = await subject.open()
    const a = coordination.concurrencyLimit('a', { max: 1 })
    const b = coordination.concurrencyLimit('function/{a}', { max: 1 })
    await a.take(never)
    await b.take(never)
    expect(coordination.concurrencyLimit('a', { max: 1 })).toBe(a)
    expect(() => coordination.concurrencyLimit('a', { max: 2 })).toThrow('"max":1')
    expect([...coordination.stats().concurrency.keys()]).toEqual(['a', 'function/{a}'])
    for (const max of [-1, 0.5, Number.NaN]) {
      expect(() => coordination.concurrencyLimit('c', { max })).toThrow(expect.objectContaining({ name: 'InvalidLimitError' }))
    }
  },

  async 'can be made larger and smaller while slots are taken and waited for'(subject) {
    const coordination = await subject.open()
    const limit = coordination.concurrencyLimit('a', { max: 1 })
    await limit.take(never)
    const waiting = limit.take(never)
    limit.resize(2)
    await waiting
    expect(limit.stats()).toMatchObject({ max: 2, taken: 2, waiting: 0 })
    expect(coordination.concurrencyLimit('a', { max: 2 })).toBe(limit)
    limit.resize(1)
    const last = limit.take(never)
    limit.give()
    expect(await isSettled(last)).toBe(false)
    expect(limit.stats()).toMatchObject({ max: 1, taken: 1, waiting: 1 })
    limit.give()
    await last
    limit.resize(0)
    expect([limit.tryTake(), await limit.request()]).toEqual([false, false])
    limit.give()
    expect(() => limit.resize(-1)).toThrow(expect.objectContaining({ name: 'InvalidLimitError' }))
    limit.resize(3)
    await takeAll(limit, 3)
    expect(limit.stats()).toMatchObject({ max: 3, taken: 3 })
  },

  async 'refuses those who wait and come once it is closed, and can be made again'(subject) {
    const coordination = await subject.open()
    const limit = coordination.concurrencyLimit('a', { max: 1 })
    await limit.take(never)
    const waiting = limit.take(never)
    limit.close()
    limit.close()
    await expect(waiting).rejects.toMatchObject({ name: 'InvokerClosedError', retryable: false })
    await expect(limit.take(never)).rejects.toMatchObject({ name: 'InvokerClosedError' })
    expect([limit.tryTake(), await limit.request()]).toEqual([false, false])
    limit.give()
    const again = coordination.concurrencyLimit('a', { max: 1 })
    expect(again).not.toBe(limit)
    await again.take(never)
    const waitingAgain = again.take(never)
    const closed = coordination.close()
    await expect(waitingAgain).rejects.toMatchObject({ name: 'InvokerClosedError' })
    await Promise.all([closed, coordination.close()])
    expect(() => coordination.concurrencyLimit('b', { max: 1 })).toThrow(expect.objectContaining({ name: 'InvokerClosedError' }))
  },
}
