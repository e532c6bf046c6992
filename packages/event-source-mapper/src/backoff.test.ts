import { expect, it } from 'vitest'
import { backoffMs } from './backoff.ts'

it.each([
  { attempt: 0, random: 1, expected: 100 },
  { attempt: 1, random: 1, expected: 200 },
  { attempt: 3, random: 0.5, expected: 400 },
  { attempt: 9, random: 0, expected: 0 },
  { attempt: 20, random: 1, expected: 60_000 },
  { attempt: 100_000, random: 1, expected: 60_000 },
])('repeat $attempt at $random of the jitter waits $expected ms', ({ attempt, random, expected }) => {
  expect(backoffMs(attempt, { baseMs: 100, maxMs: 60_000 }, () => random)).toBe(expected)
})
