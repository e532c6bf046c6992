import { expect, it } from 'vitest'
import { readHttpAnswer } from './http-answer.ts'

const error = (code: string, retryable = false): object => ({ code, message: `${code}!`, retryable })
const read = (status: number, body: unknown, retryAfter?: string): object =>
  readHttpAnswer(
    { status, retryAfter, text: typeof body === 'string' ? body : JSON.stringify(body) },
    3,
    'http://server',
    1_700_000_000_000,
  )

it.each([
  ['everything taken', 200, { accepted: 3 }, { outcome: 'answered', refused: [] }],
  ['the wrong count', 200, { accepted: 2 }, { outcome: 'fatal' }],
  ['some other server', 200, '<html>', { outcome: 'fatal' }],
  ['too much', 413, { accepted: 0, error: error('body-too-large') }, { outcome: 'too-large', reason: 'body-too-large!' }],
  ['pressure', 429, { accepted: 0, error: error('throughput-exceeded', true) }, { outcome: 'retry', cause: 'overload' }],
  ['a shutdown', 503, { error: error('shutting-down', true) }, { outcome: 'retry', cause: 'overload' }],
  ['a proxy without a server', 502, '<html>', { outcome: 'retry', cause: 'away', reason: 'http://server answered 502.' }],
  ['a full disk', 507, { accepted: 0, error: error('storage-full', true) }, { outcome: 'retry', cause: 'overload' }],
  ['a defect', 500, { accepted: 0, error: error('internal') }, { outcome: 'rejected', reason: 'internal!' }],
  ['bad records', 400, { accepted: 0, error: error('invalid-record') }, { outcome: 'rejected', reason: 'invalid-record!' }],
  ['an older server', 400, { error: error('newer-version') }, { outcome: 'fatal', reason: 'newer-version!' }],
  ['a wrong key', 401, { error: error('unauthorized') }, { outcome: 'fatal', reason: 'unauthorized!' }],
  ['an unknown stream', 404, { error: error('unknown-stream') }, { outcome: 'fatal', reason: 'unknown-stream!' }],
])('understands %s', (_, status, body, result) => {
  expect(read(status, body)).toMatchObject(result)
})

it('understands that some records were refused', () => {
  const refused = [
    { index: 0, code: 'invalid-record', message: 'too large', retryable: false },
    { index: 2, code: 'throughput-exceeded', message: 'full', retryable: true },
  ]
  expect(read(429, { accepted: 1, error: error('throughput-exceeded', true), refused }, '2')).toEqual({
    outcome: 'answered',
    refused,
    afterMs: 2_000,
  })
})

it('honours Retry-After in seconds and as a date, within a minute', () => {
  const after = (header: string): object => read(429, {}, header)
  expect(after('3')).toMatchObject({ afterMs: 3_000 })
  expect(after('86400')).toMatchObject({ afterMs: 60_000 })
  expect(after(new Date(1_700_000_005_000).toUTCString())).toMatchObject({ afterMs: 5_000 })
  expect(after('soon')).toMatchObject({ afterMs: undefined })
})
