import { describe, expect, it } from 'vitest'
import { ByteGate, type ByteRoom } from './byte-gate.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('ByteGate', () => {
  it('lets work begin below the limit, and what waits in its order as room is given back', async () => {
    const gate = new ByteGate(8)
    const begun = new Map<string, ByteRoom>()
    const enter = (name: string): unknown => gate.enter(5).then((room) => begun.set(name, room))
    for (const name of ['a', 'b', 'c', 'd']) enter(name)
    await turn()
    expect([...begun.keys()]).toEqual(['a', 'b'])
    begun.get('a')?.resize(1)
    await turn()
    expect([...begun.keys()]).toEqual(['a', 'b', 'c'])
    begun.get('b')?.[Symbol.dispose]()
    await turn()
    expect([...begun.keys()]).toEqual(['a', 'b', 'c', 'd'])
  })

  it('gives up waiting when it is told to, and what it waited for goes to the next', async () => {
    const gate = new ByteGate(1)
    const controller = new AbortController()
    const first = await gate.enter(5)
    const second = gate.enter(5, controller.signal)
    const third = gate.enter(5)
    controller.abort(new Error('revoked'))
    await expect(second).rejects.toThrow('revoked')
    first[Symbol.dispose]()
    expect(await third).toBeDefined()
  })
})
