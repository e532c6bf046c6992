import { expect, it } from 'vitest'
import { ExecutionPermit } from './permit.ts'

function permit(): { readonly permit: ExecutionPermit; readonly given: () => number } {
  let given = 0
  return { permit: new ExecutionPermit('f', () => given++), given: () => given }
}

it('may be used again and again, and is given back once', () => {
  const { permit: one, given } = permit()
  one.use('f')
  one.leave()
  one.use('f')
  one.leave()
  one.release()
  one.release()
  expect(given()).toBe(1)
  expect(() => one.use('f')).toThrow('was released')
})

it('is given back after the invocation when it is released during one', () => {
  const { permit: one, given } = permit()
  one.use('f')
  one.release()
  one.release()
  expect(given()).toBe(0)
  one.leave()
  expect(given()).toBe(1)
})

it('refuses two invocations at once, and other functions', () => {
  const { permit: one } = permit()
  one.use('f')
  expect(() => one.use('f')).toThrow('already')
  expect(() => one.use('g')).toThrow('"g"')
})
