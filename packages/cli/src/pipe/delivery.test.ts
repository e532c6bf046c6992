import { ManualClock } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { Delivery } from './delivery.ts'
import { PipeBatch } from './pipe-batch.ts'
import type { SendResult } from './record-destination.ts'

const accepted: SendResult = { outcome: 'answered', refused: [] }
const away: SendResult = { outcome: 'retry', cause: 'away', reason: 'connection refused', uncertain: true }

/** A delivery without a spool, to a server that gives these answers, then accepts everything. */
function delivery(answers: readonly SendResult[] = [], requestsInFlightMax = 1) {
  const clock = new ManualClock()
  const sent: string[][] = []
  const marked: boolean[] = []
  const notices: string[] = []
  const script = [...answers]
  const underTest = new Delivery({
    destination: {
      name: 'http://server',
      send: async (batch) => {
        marked.push(batch.records.every(({ headers }) => headers?.resent === true))
        sent.push(batch.records.map(({ data }) => Buffer.from(data).toString()))
        return script.shift() ?? accepted
      },
      close: async () => {},
    },
    clock,
    random: () => 1,
    retryDelayMs: 100,
    retryDelayMsMax: 1_000,
    requestsInFlightMax,
    awayAttemptsMax: 3,
    openSpool: undefined,
    notice: (text) => notices.push(text),
  })
  return { underTest, clock, sent, marked, notices }
}
const batch = (...texts: string[]): PipeBatch =>
  PipeBatch.of(texts.map((text, index) => ({ data: Buffer.from(text), partitionKey: 'k', producerSequence: index })))

describe('Delivery', () => {
  it('counts what was accepted', async () => {
    const { underTest, sent } = delivery()
    await underTest.submit(batch('a', 'bc'))
    await underTest.finish(0)
    expect(sent).toEqual([['a', 'bc']])
    expect(underTest.tally).toMatchObject({ acceptedRecords: 2, acceptedBytes: 3, refusedRecords: 0, unsentRecords: 0 })
  })

  it('sends again what met nobody, later each time', async () => {
    const { underTest, clock, sent, notices } = delivery([away, away, away])
    await underTest.submit(batch('a'))
    await clock.advance(99)
    expect(sent.length).toBe(1)
    await clock.advance(1)
    expect(sent.length).toBe(2)
    await clock.advance(199)
    expect(sent.length).toBe(2)
    await clock.advance(401)
    expect(sent.length).toBe(4)
    expect(notices).toEqual(['http://server is away (connection refused): waiting for it', 'http://server is back'])
  })

  it('waits as long as a server under pressure asks for, and holds the input up meanwhile', async () => {
    const { underTest, clock, sent } = delivery([{ outcome: 'retry', cause: 'overload', reason: 'busy', afterMs: 3_000, uncertain: false }])
    await underTest.submit(batch('a'))
    let taken = false
    const second = underTest.submit(batch('b')).then(() => (taken = true))
    await clock.advance(2_999)
    expect(taken).toBe(false)
    await clock.advance(1)
    await second
    await underTest.finish(0)
    expect(sent).toEqual([['a'], ['a'], ['b']])
  })

  it('sends only those again that were refused for now', async () => {
    const refused = [
      { index: 0, message: 'a record of this kind is never taken', retryable: false },
      { index: 2, message: 'full', retryable: true },
    ]
    const { underTest, clock, sent } = delivery([{ outcome: 'answered', refused, afterMs: 10 }])
    await underTest.submit(batch('a\nb', 'c', 'd'))
    await clock.advance(10)
    expect(sent).toEqual([['a\nb', 'c', 'd'], ['d']])
    expect(underTest.tally).toMatchObject({
      acceptedRecords: 2,
      refusedRecords: 1,
      refusedLines: 2,
      firstRefusal: 'a record of this kind is never taken',
    })
  })

  it('marks what may have been accepted already, and only that', async () => {
    const busy: SendResult = { outcome: 'retry', cause: 'overload', reason: 'busy', uncertain: false }
    const torn = [{ index: 0, code: 'internal', message: 'no answer from Kafka', retryable: true }]
    const full = [{ index: 0, code: 'throughput-exceeded', message: 'full', retryable: true }]
    const { underTest, clock, marked } = delivery([
      busy,
      away,
      accepted,
      { outcome: 'answered', refused: full },
      { outcome: 'answered', refused: torn },
    ])
    await underTest.submit(batch('a'))
    await clock.advance(100)
    await clock.advance(1_000)
    await underTest.submit(batch('b'))
    await clock.advance(100)
    await clock.advance(1_000)
    await underTest.finish(0)
    expect(marked).toEqual([false, false, true, false, false, true])
  })

  it('splits what is too large, down to the record that is', async () => {
    const tooLarge: SendResult = { outcome: 'too-large', reason: 'over the limit' }
    const { underTest, sent } = delivery([tooLarge, accepted, tooLarge])
    await underTest.submit(batch('a', 'b', 'c'))
    await underTest.finish(0)
    expect(sent).toEqual([['a', 'b', 'c'], ['a', 'b'], ['c']])
    expect(underTest.tally).toMatchObject({ acceptedRecords: 2, refusedRecords: 1, firstRefusal: 'over the limit' })
  })

  it('ends when nothing will be accepted, with every record accounted for', async () => {
    const { underTest, sent } = delivery([accepted, { outcome: 'fatal', reason: 'There is no stream "x".' }])
    for (const text of ['a', 'b', 'c']) await underTest.submit(batch(text))
    await underTest.finish(60_000)
    expect(sent).toEqual([['a'], ['b']])
    expect(underTest.fatal?.message).toBe('There is no stream "x".')
    expect(underTest.tally).toMatchObject({ acceptedRecords: 1, unsentRecords: 2 })
  })

  it('gives up at the end of the input after the wait, and not before', async () => {
    const { underTest, clock } = delivery(Array.from({ length: 1_000 }, () => away))
    await underTest.submit(batch('a'))
    await clock.advance(10_000)
    let finished = false
    const end = underTest.finish(5_000).then(() => (finished = true))
    await clock.advance(4_999)
    expect(finished).toBe(false)
    await clock.advance(1)
    await end
    expect(underTest.tally).toMatchObject({ acceptedRecords: 0, unsentRecords: 1 })
    expect(clock.pending).toBe(0)
  })

  it('has no more under way than it may', async () => {
    const { underTest, sent } = delivery(
      [
        { outcome: 'retry', cause: 'overload', reason: 'busy', afterMs: 1, uncertain: false },
        { outcome: 'retry', cause: 'overload', reason: 'busy', afterMs: 1, uncertain: false },
      ],
      2,
    )
    await underTest.submit(batch('a'))
    await underTest.submit(batch('b'))
    void underTest.submit(batch('c'))
    expect(sent).toEqual([['a'], ['b']])
  })
})
