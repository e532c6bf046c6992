import { describe, expect, it } from 'vitest'
import type { DeadLetter, DeadLetterStore } from '../dead-letters.ts'
import { InvalidQueryError } from '../errors.ts'
import type { DeadLetterSubject, StreamFeatures } from './subject.ts'

function letter(id: string, changes: Partial<DeadLetter> = {}): DeadLetter {
  return {
    id,
    stream: 'logs',
    incarnation: 'abc',
    shardId: 'shardId-000000000001',
    position: 12,
    sequenceNumber: '49',
    partitionKey: 'key',
    data: new TextEncoder().encode(`bytes of ${id}`),
    headers: { service: 'api', foreign: { a: 'b' } },
    producerSequence: 7,
    approximateArrivalTimestamp: 1_700_000_000_000,
    consumer: 'mapping',
    functionName: 'handler',
    condition: 'Terminal',
    reason: 'It cannot be read.',
    attempts: 3,
    timestamp: 1_700_000_001_000,
    ...changes,
  }
}

const ids = (letters: readonly DeadLetter[]): string[] => letters.map((entry) => entry.id)

const promises: Readonly<Record<string, (store: DeadLetterStore) => Promise<void>>> = {
  async 'keeps a letter with everything that it says'(store) {
    const bare = letter('bare', { headers: {}, producerSequence: undefined, data: new Uint8Array(0) })
    await store.add([letter('full'), bare])
    expect(plain(await store.get('full'))).toEqual(plain(letter('full')))
    expect(plain(await store.get('bare'))).toEqual(plain(bare))
    expect(await store.get('none')).toBeUndefined()
    expect(await store.count()).toBe(2)
  },

  async 'leaves a letter that it has as it is'(store) {
    await store.add([letter('a', { reason: 'first' })])
    await store.add([letter('a', { reason: 'second' }), letter('b'), letter('b')])
    expect(await store.count()).toBe(2)
    expect((await store.get('a'))?.reason).toBe('first')
  },

  async 'keeps bytes of its own'(store) {
    const buffer = new TextEncoder().encode('before|mine|after')
    await store.add([letter('a', { data: buffer.subarray(7, 11) })])
    buffer.fill(0)
    const kept = await store.get('a')
    expect(Buffer.from(kept?.data ?? []).toString()).toBe('mine')
  },

  async 'lists the oldest first, page by page, by stream and function'(store) {
    const all = Array.from({ length: 7 }, (_, index) =>
      letter(`l${index}`, { stream: index % 2 === 0 ? 'even' : 'odd', functionName: index < 4 ? 'low' : 'high' }),
    )
    await store.add(all.slice(0, 3))
    await store.add(all.slice(3))
    expect(ids(await store.list({ limit: 1_000 }))).toEqual(ids(all))
    expect(ids(await store.list({ limit: 3 }))).toEqual(['l0', 'l1', 'l2'])
    expect(ids(await store.list({ limit: 3, after: 'l2' }))).toEqual(['l3', 'l4', 'l5'])
    expect(ids(await store.list({ limit: 3, after: 'l6' }))).toEqual([])
    expect(ids(await store.list({ limit: 10, stream: 'odd' }))).toEqual(['l1', 'l3', 'l5'])
    expect(ids(await store.list({ limit: 10, stream: 'odd', after: 'l1' }))).toEqual(['l3', 'l5'])
    expect(ids(await store.list({ limit: 10, stream: 'even', functionName: 'high' }))).toEqual(['l4', 'l6'])
    for (const limit of [0, 1_001, 1.5]) await expect(store.list({ limit })).rejects.toThrow(InvalidQueryError)
  },

  async 'removes, and says how many'(store) {
    await store.add([letter('a'), letter('b'), letter('c')])
    expect(await store.remove(['a', 'none', 'c'])).toBe(2)
    expect(await store.remove(['a'])).toBe(0)
    expect(await store.remove([])).toBe(0)
    expect(ids(await store.list({ limit: 10 }))).toEqual(['b'])
    expect(await store.count()).toBe(1)
  },

  async 'adds nothing when it is given nothing'(store) {
    await store.add([])
    expect(await store.count()).toBe(0)
    expect(await store.list({ limit: 1 })).toEqual([])
  },
}

/** Tests of every promise that the contract of `DeadLetterStore` makes; of a durable one, also that letters outlive a restart. */
export function deadLetterConformance(
  name: string,
  factory: () => Promise<DeadLetterSubject>,
  { durable }: Pick<StreamFeatures, 'durable'>,
): void {
  const test = (title: string, check: (subject: DeadLetterSubject) => Promise<void>): void => {
    it(title, async () => {
      const subject = await factory()
      try {
        await check(subject)
      } finally {
        await subject.dispose()
      }
    })
  }
  describe(`${name} keeps the promises of a dead letter store`, () => {
    for (const [title, check] of Object.entries(promises)) test(title, (subject) => check(subject.deadLetters))
    if (durable) test('has its letters after a restart', outliveRestart)
  })
}

async function outliveRestart(subject: DeadLetterSubject): Promise<void> {
  await subject.deadLetters.add([letter('a'), letter('b')])
  await subject.deadLetters.remove(['a'])
  const again = await subject.reopen?.()
  expect((await again?.list({ limit: 10 }))?.map(plain)).toEqual([plain(letter('b'))])
}

/** Bytes compare by content, whatever kind of view they are. */
function plain(entry: DeadLetter | undefined): object | undefined {
  return entry && { ...entry, data: Buffer.from(entry.data).toString('hex') }
}
