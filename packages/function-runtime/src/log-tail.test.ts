import { seededRandom } from '@millrace/testing'
import { expect, it } from 'vitest'
import { LogTail } from './log-tail.ts'

const characters = ['a', 'ü', '€', '😀', ' ']

it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('keeps the last bytes, and never half a character (seed %i)', (seed) => {
  const random = seededRandom(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  const line = (): string => Array.from({ length: below(40) }, () => characters[below(characters.length)]).join('')
  const bytesMax = 4 + below(60)
  const lines = Array.from({ length: below(12) }, line)
  const tail = new LogTail(bytesMax)
  for (const line of lines) tail.add(line)
  const whole = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  const kept = Buffer.from(tail.toString())
  expect(kept.byteLength).toBeLessThanOrEqual(bytesMax)
  expect(kept.byteLength).toBeGreaterThanOrEqual(Math.min(whole.byteLength, bytesMax - 3))
  expect(whole.subarray(whole.byteLength - kept.byteLength)).toEqual(kept)
})

it('is empty where nothing was written', () => {
  expect(new LogTail().toString()).toBe('')
})
