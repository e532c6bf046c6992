import { describe, expect, it } from 'vitest'
import { InvalidResourceError, ResourceConflictError } from '../errors.ts'
import type { JsonValue, Resource, ResourceChange, ResourceStore } from '../resources.ts'
import type { ResourceSubject } from './subject.ts'

const kind = 'event-source-mapping'
const plain = ({ id, value }: Resource | ResourceChange): [string, JsonValue | undefined] => [id, value]

/** Calls `store` and `other` reach what is stored in two ways: by two processes where a backend can be shared, else they are the same. */
const promises: Readonly<Record<string, (store: ResourceStore, other: ResourceStore) => Promise<void>>> = {
  async 'keeps whatever JSON can say'(store, other) {
    const value = { text: 'a\n"ü"', list: [1, -2.5, null, true, { deep: [] }], empty: {} }
    const put = await store.put(kind, 'a/b c', value)
    expect(put).toMatchObject({ kind, id: 'a/b c', value })
    expect(await other.get(kind, 'a/b c')).toEqual(put)
    for (const small of [null, false, 0, '', []]) {
      await store.put(kind, 'small', small)
      expect((await other.get(kind, 'small'))?.value).toEqual(small)
    }
    expect(await other.get(kind, 'none')).toBeUndefined()
    expect(await other.get('none', 'small')).toBeUndefined()
  },

  async 'keeps a value of its own'(store) {
    const value = { list: [1] }
    await store.put(kind, 'a', value)
    value.list.push(2)
    expect((await store.get(kind, 'a'))?.value).toEqual({ list: [1] })
  },

  async 'lists a kind by id'(store, other) {
    expect(await store.list(kind)).toEqual([])
    await store.put(kind, 'b', 1)
    await other.put(kind, 'a', 2)
    await store.put('tags', 'c', 3)
    expect((await store.list(kind)).map(plain)).toEqual([
      ['a', 2],
      ['b', 1],
    ])
    expect((await other.list('tags')).map(plain)).toEqual([['c', 3]])
  },

  async 'gives each put a higher version'(store, other) {
    const first = await store.put(kind, 'a', 1)
    const second = await other.put(kind, 'a', 1)
    expect(first.version).toBeGreaterThan(0)
    expect(second.version).toBeGreaterThan(first.version)
    expect(await store.delete(kind, 'a')).toBe(true)
    expect((await store.put(kind, 'a', 1)).version).toBeGreaterThan(second.version)
  },

  async 'changes a resource only if it has the version that was seen'(store, other) {
    const first = await store.put(kind, 'a', 'first', { ifVersion: 0 })
    await expect(other.put(kind, 'a', 'no', { ifVersion: 0 })).rejects.toThrow(ResourceConflictError)
    const second = await other.put(kind, 'a', 'second', { ifVersion: first.version })
    await expect(store.put(kind, 'a', 'no', { ifVersion: first.version })).rejects.toMatchObject({ version: second.version })
    await expect(store.delete(kind, 'a', { ifVersion: first.version })).rejects.toThrow(ResourceConflictError)
    expect((await store.get(kind, 'a'))?.value).toBe('second')
    expect(await store.delete(kind, 'a', { ifVersion: second.version })).toBe(true)
    await expect(store.put(kind, 'a', 'no', { ifVersion: second.version })).rejects.toMatchObject({ version: 0 })
    expect(await other.get(kind, 'a')).toBeUndefined()
  },

  async 'deletes once'(store, other) {
    await store.put(kind, 'a', 1)
    expect(await other.delete(kind, 'a')).toBe(true)
    expect(await store.delete(kind, 'a')).toBe(false)
    expect(await store.delete(kind, 'never')).toBe(false)
    expect(await store.list(kind)).toEqual([])
  },

  async 'lets one of several through that change it at once'(store, other) {
    const stores = [store, other, store, other, store]
    const made = await Promise.allSettled(stores.map((each, at) => each.put(kind, 'a', at, { ifVersion: 0 })))
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    // Adding up: whoever is too late reads again. None is lost.
    const add = async (each: ResourceStore): Promise<void> => {
      for (;;) {
        const found = await each.get('counter', 'sum')
        try {
          await each.put('counter', 'sum', Number(found?.value ?? 0) + 1, { ifVersion: found?.version ?? 0 })
          return
        } catch (error) {
          if (!(error instanceof ResourceConflictError)) throw error
        }
      }
    }
    await Promise.all([...stores, ...stores].map(add))
    expect((await other.get('counter', 'sum'))?.value).toBe(10)
  },

  async 'takes puts without a version one after the other'(store, other) {
    const puts = await Promise.all([store, other, store, other].map((each, at) => each.put(kind, 'a', at)))
    const last = puts.toSorted((one, two) => two.version - one.version)[0]
    expect(await store.get(kind, 'a')).toEqual(last)
    expect(await other.get(kind, 'a')).toEqual(last)
  },

  async 'tells who watches what there is, and what becomes of it'(store, other) {
    await store.put(kind, 'a', 1)
    await store.put('tags', 'a', 1)
    const controller = new AbortController()
    const watch = other.watch(kind, controller.signal)[Symbol.asyncIterator]()
    const next = async (): Promise<unknown> => {
      const step = await watch.next()
      return step.done === true ? 'ended' : step.value.map(plain)
    }
    expect(await next()).toEqual([['a', 1]])
    await store.put('tags', 'b', 1)
    await store.put(kind, 'b', 2)
    expect(await next()).toEqual([['b', 2]])
    const waiting = next()
    await store.delete(kind, 'a')
    expect(await waiting).toEqual([['a', undefined]])
    const last = next()
    controller.abort()
    expect(await last).toBe('ended')
  },

  async 'tells a slow watcher of the last change alone'(store) {
    const controller = new AbortController()
    const watch = store.watch(kind, controller.signal)[Symbol.asyncIterator]()
    expect((await watch.next()).value).toEqual([])
    for (let count = 1; count <= 5; count++) await store.put(kind, 'a', count)
    expect((await watch.next()).value?.map(plain)).toEqual([['a', 5]])
    controller.abort()
    expect((await watch.next()).done).toBe(true)
    for await (const _ of store.watch(kind, AbortSignal.abort())) expect.unreachable()
  },

  async 'refuses what it cannot keep'(store) {
    for (const wrong of ['', 'a b', 'x'.repeat(129)]) await expect(store.put(wrong, 'a', 1)).rejects.toThrow(InvalidResourceError)
    for (const wrong of ['', 'x'.repeat(513)]) await expect(store.put(kind, wrong, 1)).rejects.toThrow(InvalidResourceError)
    await expect(store.put(kind, 'a', 'x'.repeat(2 * 1024 * 1024))).rejects.toThrow(/2097154 bytes/)
    await store.put(kind, 'a', 'x'.repeat(1024 * 1024))
    expect((await store.get(kind, 'a'))?.value).toHaveLength(1024 * 1024)
  },
}

/** Tests of every promise that the contract of `ResourceStore` makes; of a durable one, also that resources and their versions outlive a restart. */
export function resourceConformance(
  name: string,
  factory: () => Promise<ResourceSubject>,
  { durable }: { readonly durable: boolean },
): void {
  const test = (title: string, check: (subject: ResourceSubject) => Promise<void>): void => {
    it(title, async () => {
      const subject = await factory()
      try {
        await check(subject)
      } finally {
        await subject.dispose()
      }
    })
  }
  describe(`${name} keeps the promises of a resource store`, () => {
    for (const [title, check] of Object.entries(promises)) {
      test(title, async (subject) => check(subject.resources, (await subject.other?.()) ?? subject.resources))
    }
    if (durable) test('has its resources and versions after a restart', outliveRestart)
  })
}

async function outliveRestart(subject: ResourceSubject): Promise<void> {
  const kept = await subject.resources.put(kind, 'a', { n: 1 })
  const gone = await subject.resources.put(kind, 'b', 2)
  await subject.resources.delete(kind, 'b')
  const again = await subject.reopen?.()
  expect(await again?.list(kind)).toEqual([kept])
  await expect(again?.put(kind, 'a', 2, { ifVersion: 0 })).rejects.toMatchObject({ version: kept.version })
  expect((await again?.put(kind, 'b', 3, { ifVersion: 0 }))?.version).toBeGreaterThan(gone.version)
  expect((await again?.put(kind, 'a', 2, { ifVersion: kept.version }))?.version).toBeGreaterThan(kept.version)
}
