import { describe, expect, it } from 'vitest'
import { PermitBook } from './permit-book.ts'

const leaseMs = 1_000

/** A book with so many slots leased at time 0, of which so many are in use. */
function book(lease: number, taken: number, max = 100): PermitBook {
  const made = new PermitBook(max, 10)
  made.answer(made.request(0, lease, false), { lease, advice: lease }, 0, leaseMs)
  for (let slot = 0; slot < taken; slot++) made.tryTake(0)
  return made
}

describe('PermitBook', () => {
  it('has nothing before it was given something', () => {
    const empty = new PermitBook(10, 10)
    expect(empty.tryTake(0)).toBe(false)
    expect(empty.request(0, 1, false)).toEqual({ keep: 0, demand: 1, want: 2 })
    expect(empty.bound).toBe(false)
  })

  it('wants a quarter more than it uses, up to the block and the limit', () => {
    expect(book(50, 20).request(1, 0, false)).toEqual({ keep: 25, demand: 20, want: 25 })
    expect(book(60, 60).request(1, 20, false)).toMatchObject({ demand: 80, want: 90 })
    expect(book(99, 99).request(1, 0, false)).toMatchObject({ keep: 99, want: 100 })
  })

  it('does not use what its request gives back, whether or not it is answered', () => {
    const some = book(50, 4)
    expect(some.request(1, 0, false).keep).toBe(5)
    expect([some.tryTake(1), some.tryTake(1)]).toEqual([true, false])
  })

  it('does not use a lease that expired, counted from when the request was sent', () => {
    const some = book(50, 4)
    expect(some.tryTake(leaseMs - 1)).toBe(true)
    expect(some.tryTake(leaseMs)).toBe(false)
    // What is in use is put on record again.
    expect(some.request(leaseMs, 0, false).keep).toBe(5)
  })

  it('gives back what the others are entitled to as its work ends', () => {
    const some = book(50, 50)
    some.answer(some.request(1, 0, false), { lease: 50, advice: 20 }, 1, leaseMs)
    expect(some.owes).toBe(false)
    some.give()
    expect([some.owes, some.tryTake(1)]).toEqual([true, false])
    expect(some.request(2, 0, false).keep).toBe(49)
    expect(some.owes).toBe(false)
    for (let slot = 0; slot < 40; slot++) some.give()
    expect(some.request(3, 0, false).keep).toBe(20)
  })

  it('gives idle slots back by halves', () => {
    const some = book(64, 64)
    for (let slot = 0; slot < 64; slot++) some.give()
    const kept: number[] = []
    for (let time = 1; time < 9; time++) {
      some.age()
      const request = some.request(time, 0, false)
      kept.push(request.keep)
      some.answer(request, { lease: request.keep, advice: request.keep }, time, leaseMs)
    }
    expect(kept).toEqual([40, 20, 10, 5, 3, 2, 0, 0])
    expect(some.bound).toBe(false)
  })

  it('asks early when it runs low, unless there is no more', () => {
    const some = new PermitBook(100, 10)
    some.answer(some.request(0, 40, false), { lease: 50, advice: 50 }, 0, leaseMs)
    for (let slot = 0; slot < 45; slot++) some.tryTake(0)
    expect(some.low).toBe(false)
    some.tryTake(0)
    expect(some.low).toBe(true)
    some.answer(some.request(1, 0, false), { lease: 50, advice: 50 }, 1, leaseMs)
    expect(some.low).toBe(false)
    expect(book(100, 100).low).toBe(false)
  })

  it('goes by its part alone, at least one, and by the record once it is back', () => {
    const some = book(50, 40)
    some.goAlone(4)
    expect(some.tryTake(1e9)).toBe(false)
    for (let slot = 0; slot < 30; slot++) some.give()
    for (let slot = 0; slot < 15; slot++) expect(some.tryTake(1e9)).toBe(true)
    expect(some.tryTake(1e9)).toBe(false)
    some.comeBack()
    expect(some.request(2e9, 0, false)).toMatchObject({ keep: 25, demand: 25 })
    some.answer({ keep: 25, demand: 25, want: 32 }, { lease: 25, advice: 10 }, 2e9, leaseMs)
    expect(some.allowed).toBe(10)

    const crowded = new PermitBook(2, 10)
    crowded.goAlone(5)
    expect([crowded.tryTake(0), crowded.tryTake(0)]).toEqual([true, false])
    crowded.give()
    crowded.comeBack()
    expect(crowded.tryTake(0)).toBe(false)

    const off = new PermitBook(0, 10)
    off.goAlone(1)
    expect(off.tryTake(0)).toBe(false)
  })

  it('wants nothing more when it closes', () => {
    expect(book(50, 20).request(1, 0, true)).toEqual({ keep: 20, demand: 20, want: 20 })
  })
})
