import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { encodePutRecords, StorageError, StorageFailedError } from '@millrace/stream'
import type { PutRecord, RecordHeaders } from '@millrace/stream'
import type { LightMyRequestResponse } from 'fastify'
import { describe, expect, it } from 'vitest'
import { pressure } from '../../test/support/fake-streams.ts'
import { FakeServices, testServer } from '../../test/support/test-gateway.ts'
import type { GatewayOptions } from '../gateway-options.ts'

type Headers = Record<string, string>

async function ingest(
  body: string | Buffer,
  headers: Headers = {},
  services: FakeServices = new FakeServices(),
  options: GatewayOptions = {},
): Promise<{ answer: LightMyRequestResponse; services: FakeServices }> {
  const { server } = testServer(options, services)
  const answer = await server.inject({ method: 'POST', url: '/ingest/logs', payload: body, headers })
  return { answer, services }
}

const records = (count: number): PutRecord[] => {
  const headers = { service: 'api', producerId: 'p' }
  return Array.from({ length: count }, (_, index) => ({
    data: Buffer.from(`line ${index}`),
    partitionKey: 'k',
    headers,
    producerSequence: index,
  }))
}
const encoded = { 'content-type': 'application/vnd.millrace.records' }

describe('POST /ingest/{stream} with lines', () => {
  it('takes each line as a record, in order, the last one also without its end', async () => {
    const { answer, services } = await ingest('one\r\n\ntwo\nthree €')
    expect([answer.statusCode, answer.json()]).toEqual([200, { accepted: 3 }])
    expect(services.fakeStreams.logs.lines).toEqual(['one', 'two', 'three €'])
    expect(services.fakeStreams.logs.records.map((record) => record.partitionKey)).toEqual(['key-0', 'key-0', 'key-0'])
  })

  it('joins stack traces unless told not to', async () => {
    const trace = 'java.lang.IllegalStateException: no\n\tat a.B.c(B.java:1)\n\tat a.B.d(B.java:2)\n'
    const text = `2026-11-21 10:00:00 ERROR it broke\n${trace}2026-11-21 10:00:01 INFO on\n`
    const joined = await ingest(text)
    expect(joined.answer.json()).toEqual({ accepted: 2 })
    const apart = await ingest(text, { 'millrace-multiline': 'off' })
    expect(apart.answer.json()).toEqual({ accepted: 5 })
  })

  it('puts what the headers say on every record', async () => {
    const { answer, services } = await ingest('a\nb\n', {
      'millrace-partition-key': 'k',
      'millrace-service': Buffer.from('zähler').toString('latin1'),
      'millrace-host': 'h',
      'millrace-path': '/var/log/a b.log',
      'millrace-producer-id': 'run-1',
      'millrace-first-sequence': '41',
      'millrace-read-timestamp': '1700000000000',
    })
    expect(answer.json()).toEqual({ accepted: 2, nextSequence: 43 })
    const headers = { service: 'zähler', host: 'h', path: '/var/log/a b.log', producerId: 'run-1', readTimestamp: 1_700_000_000_000 }
    expect(services.fakeStreams.logs.records).toMatchObject([
      { partitionKey: 'k', headers, producerSequence: 41 },
      { partitionKey: 'k', headers, producerSequence: 42 },
    ])
  })

  it.each([
    [{ 'millrace-service': '' }, 'millrace-service'],
    [{ 'millrace-producer-id': 'p' }, 'go together'],
    [{ 'millrace-first-sequence': '1' }, 'go together'],
    [{ 'millrace-producer-id': 'p', 'millrace-first-sequence': '-1' }, 'millrace-first-sequence'],
    [{ 'millrace-producer-id': 'p', 'millrace-first-sequence': '9999999999999999' }, 'millrace-first-sequence'],
    [{ 'millrace-read-timestamp': 'yesterday' }, 'yesterday'],
    [{ 'millrace-multiline': 'yes' }, 'millrace-multiline'],
    [{ 'millrace-partition-key': 'x'.repeat(257) }, 'millrace-partition-key'],
    [{ 'millrace-servce': 'typo' }, 'no such header'],
    [{ 'millrace-service': '\u00ff' }, 'UTF-8'],
  ])('refuses the headers %o', async (headers, complaint) => {
    const { answer, services } = await ingest('a\n', headers)
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ error: { code: 'invalid-header', retryable: false } })
    expect(answer.json<{ error: { message: string } }>().error.message).toContain(complaint)
    expect(services.fakeStreams.logs.puts).toEqual([])
  })

  it.each([
    ['gzip', gzipSync('a\nb\n')],
    ['x-gzip', gzipSync('a\nb\n')],
    ['gzip', Buffer.concat([gzipSync('a\n'), gzipSync('b\n')])],
    ['deflate', deflateSync('a\nb\n')],
    ['zstd', zstdCompressSync('a\nb\n')],
    ['identity', Buffer.from('a\nb\n')],
  ])('reads %s', async (coding, body) => {
    const { answer, services } = await ingest(body, { 'content-encoding': coding })
    expect(answer.json()).toEqual({ accepted: 2 })
    expect(services.fakeStreams.logs.lines).toEqual(['a', 'b'])
  })

  it.each([
    ['gzip', gzipSync('a\nb\n').subarray(0, 15)],
    ['gzip', Buffer.from('a\nb\n')],
    ['deflate', deflateSync('a\nb\n').subarray(0, 5)],
    ['zstd', zstdCompressSync('a\nb\n'.repeat(1000)).subarray(0, -3)],
    ['zstd', Buffer.from('a\nb\n')],
  ])('takes nothing of a broken %s body', async (coding, body) => {
    const { answer, services } = await ingest(body, { 'content-encoding': coding })
    expect([answer.statusCode, answer.json()]).toMatchObject([400, { error: { code: 'bad-encoding' } }])
    expect(services.fakeStreams.logs.puts).toEqual([])
  })

  it('ends a zip bomb at the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(3_000_000, 'a\n'))
    const { answer, services } = await ingest(bomb, { 'content-encoding': 'gzip' }, new FakeServices(), {
      bodyBytesMax: 1_000_000,
      decompressedBytesMax: 1_000_000,
    })
    expect([answer.statusCode, answer.json()]).toMatchObject([413, { error: { code: 'body-too-large' } }])
    expect(services.fakeStreams.logs.puts).toEqual([])
  })

  it('refuses a body whose many short lines would take more memory than all requests may', async () => {
    const { answer } = await ingest('a\n'.repeat(20_000), {}, new FakeServices(), {
      bodyBytesMax: 100_000,
      decompressedBytesMax: 100_000,
      ingestBytesInFlightMax: 200_000,
    })
    expect(answer.statusCode).toBe(413)
    expect(answer.json<{ error: { message: string } }>().error.message).toContain('ingestBytesInFlightMax')
  })

  it.each([
    ['', {}],
    ['', { 'content-type': 'text/plain' }],
    ['\n\n', {}],
    [gzipSync(''), { 'content-encoding': 'gzip' }],
    ['', { 'content-encoding': 'gzip' }],
    ['', encoded],
  ])('accepts nothing from the empty body %j', async (body, headers) => {
    const { answer } = await ingest(body, headers)
    expect([answer.statusCode, answer.json()]).toEqual([200, { accepted: 0 }])
  })

  it.each([
    'text/plain; charset=utf-8',
    'text/csv',
    'application/x-ndjson',
    'application/octet-stream',
    'application/x-www-form-urlencoded',
  ])('takes lines as %s', async (type) => {
    const { answer } = await ingest('{"a":1}\n', { 'content-type': type })
    expect(answer.json()).toEqual({ accepted: 1 })
  })

  it.each([
    [{ 'content-type': 'application/json' }, 'unsupported-media-type'],
    [{ 'content-type': 'image/png' }, 'unsupported-media-type'],
    [{ 'content-type': 'nonsense' }, 'unsupported-media-type'],
    [{ 'content-encoding': 'br' }, 'unsupported-encoding'],
    [{ 'content-encoding': 'gzip, zstd' }, 'unsupported-encoding'],
  ])('answers 415 to %o', async (headers, code) => {
    const { answer } = await ingest('a\n', headers)
    expect([answer.statusCode, answer.json()]).toMatchObject([415, { error: { code, retryable: false } }])
  })

  it('names the streams that there are', async () => {
    const { server } = testServer()
    const answer = await server.inject({ method: 'POST', url: '/ingest/lgos', payload: 'a\n' })
    expect(answer.statusCode).toBe(404)
    expect(answer.json<{ error: { message: string } }>().error.message).toMatch(/"lgos".*logs/)
  })
})

describe('POST /ingest/{stream} with encoded records', () => {
  it('puts them as they are', async () => {
    const { answer, services } = await ingest(Buffer.from(encodePutRecords(records(3))), encoded)
    expect(answer.json()).toEqual({ accepted: 3 })
    expect(services.fakeStreams.logs.records).toMatchObject([
      { partitionKey: 'k', producerSequence: 0, headers: { service: 'api', producerId: 'p' } },
      { producerSequence: 1 },
      { producerSequence: 2 },
    ])
    expect(services.fakeStreams.logs.lines).toEqual(['line 0', 'line 1', 'line 2'])
  })

  it('takes every header that a record can have', async () => {
    const headers: Required<Omit<RecordHeaders, 'kafka'>> = {
      service: 'api',
      host: 'h',
      path: '/var/log/a.log',
      producerId: 'p',
      readTimestamp: 1_700_000_000_000,
      recordId: 'id',
      resent: true,
      foreign: { trace: 't' },
    }
    const record: PutRecord = { data: Buffer.from('a'), partitionKey: 'k', headers, producerSequence: 7 }
    const { answer, services } = await ingest(Buffer.from(encodePutRecords([record])), encoded)
    expect(answer.json()).toEqual({ accepted: 1 })
    expect(services.fakeStreams.logs.records).toMatchObject([{ headers, producerSequence: 7 }])
  })

  it('reads them compressed too', async () => {
    const body = zstdCompressSync(encodePutRecords(records(5000)))
    const { answer } = await ingest(body, { ...encoded, 'content-encoding': 'zstd' })
    expect(answer.json()).toEqual({ accepted: 5000 })
  })

  it.each([
    ['what is none', Buffer.from('hello, these are no records at all, only a text of some length…')],
    ['what is cut short', Buffer.from(encodePutRecords(records(3))).subarray(0, -1)],
    [
      'a header that is no text',
      Buffer.from(encodePutRecords([{ data: Buffer.from('a'), partitionKey: 'k', headers: { service: 5 as never } }])),
    ],
    [
      'a header that is not known',
      Buffer.from(encodePutRecords([{ data: Buffer.from('a'), partitionKey: 'k', headers: { servce: 'x' } as never }])),
    ],
    ['a sequence below zero', Buffer.from(encodePutRecords([{ data: Buffer.from('a'), partitionKey: 'k', producerSequence: -1 }]))],
    ['half a sequence', Buffer.from(encodePutRecords([{ data: Buffer.from('a'), partitionKey: 'k', producerSequence: 0.5 }]))],
  ])('refuses %s', async (_, body) => {
    const { answer, services } = await ingest(body, encoded)
    expect([answer.statusCode, answer.json()]).toMatchObject([400, { error: { code: 'invalid-records', retryable: false } }])
    expect(services.fakeStreams.logs.puts).toEqual([])
  })

  it('refuses more records than memory may be taken for', async () => {
    const body = Buffer.from(encodePutRecords(records(1000)))
    const limits = { bodyBytesMax: 100_000, decompressedBytesMax: 100_000, ingestBytesInFlightMax: 100_000 }
    const { answer } = await ingest(body, encoded, new FakeServices(), limits)
    expect(answer.statusCode).toBe(413)
  })

  it('refuses headers that are for lines', async () => {
    const { answer } = await ingest(Buffer.from(encodePutRecords(records(1))), { ...encoded, 'millrace-service': 'x' })
    expect(answer.json()).toMatchObject({ error: { code: 'invalid-header' } })
  })
})

describe('POST /ingest/{stream} when the stream refuses', () => {
  const body = Buffer.from(encodePutRecords(records(10)))

  it('answers 429 when nothing was taken', async () => {
    const services = new FakeServices()
    services.fakeStreams.logs.refuse = () => pressure
    const { answer } = await ingest(body, encoded, services)
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '1'])
    expect(answer.json()).toEqual({ accepted: 0, error: { code: 'throughput-exceeded', message: 'The buffer is full.', retryable: true } })
  })

  it('says which records it did not take, and tries none behind the slice that met pressure', async () => {
    const services = new FakeServices()
    services.fakeStreams.logs.refuse = (_, index) => (index >= 5 ? pressure : undefined)
    const { answer } = await ingest(body, encoded, services, { putRecordsMax: 3 })
    const entry = { code: 'throughput-exceeded', message: 'The buffer is full.', retryable: true }
    expect(answer.statusCode).toBe(429)
    expect(answer.json()).toMatchObject({ accepted: 5, error: { code: 'throughput-exceeded', retryable: true } })
    expect(answer.json<{ refused: unknown[] }>().refused).toEqual([5, 6, 7, 8, 9].map((index) => ({ index, ...entry })))
    expect(services.fakeStreams.logs.puts).toEqual([3, 3])
  })

  it('goes on behind a record that never can be taken, and says so with 400', async () => {
    const services = new FakeServices()
    services.fakeStreams.logs.refuse = (record) =>
      record.producerSequence === 4 ? { retryable: false, reason: 'invalid-record', message: 'Too large.' } : undefined
    const { answer } = await ingest(body, encoded, services, { putRecordsMax: 3 })
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ accepted: 9, refused: [{ index: 4, code: 'invalid-record', retryable: false }] })
    expect(answer.headers['retry-after']).toBeUndefined()
  })

  it('answers 507 for a full disk', async () => {
    const services = new FakeServices()
    services.fakeStreams.logs.refuse = () => ({ retryable: true, reason: 'storage-full', message: 'The disk is full.' })
    const { answer } = await ingest(body, encoded, services)
    expect([answer.statusCode, answer.json()]).toMatchObject([507, { accepted: 0, error: { code: 'storage-full', retryable: true } }])
  })

  it('tells what was taken before the stream failed', async () => {
    const services = new FakeServices()
    const { logs } = services.fakeStreams
    logs.refuse = (_, index) => {
      if (index === 2) logs.failure = new StorageError('The disk is gone.')
      return undefined
    }
    const { answer } = await ingest(body, encoded, services, { putRecordsMax: 3 })
    expect(answer.statusCode).toBe(507)
    expect(answer.json()).toMatchObject({ accepted: 3, error: { code: 'storage-full', retryable: true } })
    expect(answer.json<{ refused: { index: number }[] }>().refused.map(({ index }) => index)).toEqual([3, 4, 5, 6, 7, 8, 9])
  })

  it.each([
    [new StorageFailedError('The writer has died.'), 503, 'storage-failed', 0],
    [new TypeError('a bug'), 500, 'internal', 1],
  ])('does not let a client give its lines up for %o', async (failure, status, code, reported) => {
    const services = new FakeServices()
    services.fakeStreams.logs.failure = failure
    const { answer } = await ingest(body, encoded, services)
    expect([answer.statusCode, answer.json()]).toMatchObject([status, { accepted: 0, error: { code, retryable: true } }])
    expect(services.errors).toHaveLength(reported)
  })

  it('answers 503 while shutting down', async () => {
    const services = new FakeServices()
    services.fakeStreams.closed = true
    const { answer } = await ingest(body, encoded, services)
    expect([answer.statusCode, answer.json()]).toMatchObject([503, { error: { code: 'shutting-down', retryable: true } }])
  })

  it('refuses further requests while those under way hold the memory, and takes them afterwards', async () => {
    const services = new FakeServices()
    const { server } = testServer({ bodyBytesMax: 2000, decompressedBytesMax: 2000, ingestBytesInFlightMax: 2000 }, services)
    const gate = Promise.withResolvers<void>()
    services.fakeStreams.logs.gate = gate.promise
    const send = (): Promise<LightMyRequestResponse> => server.inject({ method: 'POST', url: '/ingest/logs', payload: 'x'.repeat(1500) })
    const first = send()
    while (services.fakeStreams.logs.puts.length === 0) await new Promise((resolve) => setImmediate(resolve))
    const second = await send()
    expect([second.statusCode, second.headers['retry-after'], second.json()]).toMatchObject([429, '1', { error: { retryable: true } }])
    gate.resolve()
    expect((await first).statusCode).toBe(200)
    expect((await send()).statusCode).toBe(200)
  })

  it('counts', async () => {
    const services = new FakeServices()
    services.fakeStreams.logs.refuse = (_, index) => (index >= 4 ? pressure : undefined)
    await ingest(body, encoded, services)
    const metrics = await services.metrics.metrics()
    expect(metrics).toContain('millrace_ingest_records_total 4')
    expect(metrics).toContain('millrace_ingest_bytes_total 24')
    expect(metrics).toContain('millrace_ingest_requests_total{code="429"} 1')
    expect(metrics).toContain('millrace_ingest_refused_records_total{code="throughput-exceeded"} 6')
    expect(metrics).toContain('millrace_ingest_in_flight_bytes 0')
    expect(metrics).toContain('millrace_http_request_duration_seconds_count{method="POST",route="/ingest/:stream",code="429"} 1')
  })
})
