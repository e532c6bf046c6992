import { expect, test } from 'vitest'
import { identify, isRunning, ownIdentity } from './process-identity.ts'

test('this process runs; one that started at another time with its number does not', () => {
  const own = ownIdentity()
  expect(isRunning(own)).toBe(true)
  expect(isRunning({ ...own, started: 'before' })).toBe(false)
})

test('a number that no process has is nobody', () => {
  expect(identify(2 ** 30)).toBeUndefined()
})
