import { ManualClock } from '@millrace/testing'
import { expect, it } from 'vitest'
import { deliverWithRetries } from './deliver-with-retries.ts'
import { DestinationError } from './destination-error.ts'
import type { DestinationRecord } from './destination-record.ts'

const record: DestinationRecord = { key: 'k', folder: 'f', timestamp: 0, json: () => '{}', jsonWithPayload: () => '{}' }
const retries = { attemptsMax: 4, backoffBaseMs: 100, backoffMaxMs: 250 }

/** A destination that fails with these errors, one after the other, and takes the record then. */
function failing(...errors: Error[]): { attempts: number; deliver(): Promise<void> } {
  return {
    attempts: 0,
    deliver() {
      const error = errors[this.attempts++]
      return error === undefined ? Promise.resolve() : Promise.reject(error)
    },
  }
}

const away = new DestinationError('away', true)
const never = new AbortController().signal

it('tries again after waits that double, and ends with the delivery', async () => {
  const clock = new ManualClock()
  const writer = failing(away, away, away)
  const delivered = deliverWithRetries(writer, record, { clock, random: () => 1, retries }, never)
  await clock.advance(99)
  expect(writer.attempts).toBe(1)
  await clock.advance(1)
  expect(writer.attempts).toBe(2)
  await clock.advance(200)
  expect(writer.attempts).toBe(3)
  await clock.advance(250)
  expect(await delivered).toBeUndefined()
  expect(writer.attempts).toBe(4)
})

it('gives up after the last attempt, and at once where another would be of no use', async () => {
  const clock = new ManualClock()
  const writer = failing(away, away, away, away, away)
  const given = deliverWithRetries(writer, record, { clock, random: () => 0, retries }, never)
  for (let attempt = 1; attempt < 4; attempt++) await clock.advance(250)
  expect(await given).toBe(away)
  expect(writer.attempts).toBe(4)
  const refusing = failing(new DestinationError('never', false))
  expect(await deliverWithRetries(refusing, record, { clock, random: () => 0 }, never)).toMatchObject({ message: 'never' })
  const broken = failing(new TypeError('broken'))
  expect(await deliverWithRetries(broken, record, { clock, random: () => 0 }, never)).toMatchObject({ message: 'TypeError: broken' })
})

it('ends with the signal, also while it waits', async () => {
  const clock = new ManualClock()
  const stop = new AbortController()
  const writer = failing(away)
  const delivered = deliverWithRetries(writer, record, { clock, random: () => 1, retries }, stop.signal)
  await new Promise(setImmediate)
  stop.abort(new Error('stopped'))
  await expect(delivered).rejects.toThrow('stopped')
  await expect(deliverWithRetries(writer, record, { clock, random: () => 1 }, stop.signal)).rejects.toThrow('stopped')
  expect(writer.attempts).toBe(1)
})
