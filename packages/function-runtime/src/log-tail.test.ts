import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LogTail } from './log-tail.ts'

it('keeps the last bytes, and never half a character', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 40 })), fc.integer({ min: 4, max: 64 }), (lines, bytesMax) => {
      const tail = new LogTail(bytesMax)
      for (const line of lines) tail.add(line)
      const whole = Buffer.from(lines.map((line) => `${line}\n`).join(''))
      const kept = Buffer.from(tail.toString())
      expect(kept.byteLength).toBeLessThanOrEqual(bytesMax)
      expect(kept.byteLength).toBeGreaterThanOrEqual(Math.min(whole.byteLength, bytesMax - 3))
      expect(whole.subarray(whole.byteLength - kept.byteLength).equals(kept)).toBe(true)
    }),
  )
})

it('is empty where nothing was written', () => {
  expect(new LogTail().toString()).toBe('')
})
