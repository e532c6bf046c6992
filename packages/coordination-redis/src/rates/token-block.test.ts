import { describe, expect, it } from 'vitest'
import { TokenBlock } from './token-block.ts'

const rate = { countPerSecond: 1_000, bytesPerSecond: 1_000_000 }
const need = { count: 1, bytes: 100 }

describe('TokenBlock', () => {
  it('asks for twice what it used, and for no more than its part', () => {
    const block = new TokenBlock(rate, 0)
    expect(block.wanted(need, 1)).toEqual(need)
    block.add({ count: 100, bytes: 20_000 }, 0)
    for (let record = 0; record < 60; record++) block.tryTake(1, 100, 0)
    expect(block.wanted(need, 1)).toEqual({ count: 120, bytes: 12_000 })
    expect(block.wanted(need, 5)).toEqual({ count: 50, bytes: 12_000 })
    expect(block.wanted({ count: 1, bytes: 1_500_000 }, 5)).toEqual({ count: 50, bytes: 1_500_000 })
  })

  it('takes both or nothing, and nothing that is too old', () => {
    const block = new TokenBlock(rate, 0)
    block.add({ count: 10, bytes: 100 }, 0)
    expect([block.tryTake(1, 101, 0), block.tryTake(11, 1, 0), block.tryTake(10, 99, 0)]).toEqual([false, false, true])
    expect([block.tryTake(0, 1, 1_000), block.tryTake(0, 1, 999)]).toEqual([false, true])
    block.add({ count: 10, bytes: 100 }, 2_000)
    expect(block.tryTake(10, 100, 2_000)).toBe(true)
    expect(block.tryTake(0, 1, 2_000)).toBe(false)
  })

  it('is low below half a block, unless there is no more', () => {
    const block = new TokenBlock(rate, 0)
    block.add({ count: 10, bytes: 1_000 }, 0)
    block.tryTake(5, 100, 0)
    expect(block.low).toBe(false)
    block.tryTake(1, 100, 0)
    expect(block.low).toBe(true)
    block.refuse({ count: 0, bytes: 0 }, 0)
    expect(block.low).toBe(false)
  })

  it('remembers for a while what there is not', () => {
    const block = new TokenBlock(rate, 0)
    block.refuse({ count: 5, bytes: 50 }, 20)
    expect([block.isRefused(6, 1, 19), block.isRefused(1, 51, 19), block.isRefused(5, 50, 19), block.isRefused(6, 51, 20)]).toEqual([
      true,
      true,
      false,
      false,
    ])
  })
})
