import { randomBytes } from 'node:crypto'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { encodePutRecords } from '@millrace/stream'
import { describe, expect, it } from 'vitest'
import { pressure } from './support/fake-streams.ts'
import { chunk, ingestHead, rawClient } from './support/raw-client.ts'
import { eventually, metric, runningGateway } from './support/running-gateway.ts'

const trace = [
  '2026-11-21 10:00:00,123 ERROR [main] it broke – schön',
  'java.lang.IllegalStateException: “no”',
  '\tat a.B.c(B.java:1)',
  '\t... 12 more',
].join('\n')

describe('ingest over a socket', () => {
  it('does not see where a chunked body is cut: not inside of a stack trace, not inside of a character', async () => {
    await using gateway = await runningGateway()
    const client = await rawClient(gateway.url)
    client.socket.setNoDelay(true)
    await client.write(ingestHead({ 'transfer-encoding': 'chunked' }))
    for (const byte of Buffer.from(`${trace}\nnext €\n`)) await client.write(chunk(Uint8Array.of(byte)))
    await client.write('0\r\n\r\n')
    expect(await client.answer(/accepted/)).toContain('{"accepted":2}')
    expect(gateway.services.fakeStreams.logs.lines).toEqual([trace, 'next €'])
    client.socket.destroy()
  })

  it.each([
    ['identity', (body: Buffer) => body],
    ['gzip', (body: Buffer) => gzipSync(body)],
    ['zstd', (body: Buffer) => zstdCompressSync(body)],
  ])('takes 100,000 lines as %s', async (coding, compress) => {
    await using gateway = await runningGateway()
    const lines = Array.from({ length: 100_000 }, (_, index) => `line ${index} ${'x'.repeat(index % 80)}`)
    const answer = await gateway.ingest(compress(Buffer.from(lines.join('\n'))), { 'content-encoding': coding })
    expect([answer.status, await answer.json()]).toEqual([200, { accepted: 100_000 }])
    await eventually(async () => (await metric(gateway.services, 'millrace_ingest_requests_total{code="200"}')) === 1)
    expect(gateway.services.fakeStreams.logs.lines).toEqual(lines)
  })

  it('takes encoded records of unknown length', async () => {
    await using gateway = await runningGateway()
    const body = Buffer.from(
      encodePutRecords(Array.from({ length: 500 }, (_, i) => ({ data: Buffer.from(`line ${i}`), partitionKey: 'k' }))),
    )
    const client = await rawClient(gateway.url)
    await client.write(ingestHead({ 'transfer-encoding': 'chunked', 'content-type': 'application/vnd.millrace.records' }))
    for (let at = 0; at < body.length; at += 1000) await client.write(chunk(body.subarray(at, at + 1000)))
    await client.write('0\r\n\r\n')
    expect(await client.answer(/accepted/)).toContain('{"accepted":500}')
    expect(gateway.services.fakeStreams.logs.lines.at(-1)).toBe('line 499')
    client.socket.destroy()
  })

  it.each([
    ['that is cut off', gzipSync(randomBytes(50_000)).subarray(0, 30_000)],
    ['that is damaged', Buffer.concat([gzipSync('a\n').subarray(0, 12), Buffer.alloc(2000, 255)])],
  ])('takes nothing of gzip %s, and goes on with the connection', async (_, body) => {
    await using gateway = await runningGateway()
    const answer = await gateway.ingest(body, { 'content-encoding': 'gzip' })
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: 'bad-encoding', retryable: false } }])
    expect((await gateway.ingest('a\n')).status).toBe(200)
    expect(gateway.services.fakeStreams.logs.lines).toEqual(['a'])
  })

  it.each([
    ['gzip', gzipSync(Buffer.alloc(200 * 1024 * 1024))],
    ['zstd', zstdCompressSync(Buffer.alloc(200 * 1024 * 1024))],
  ])('does not let a %s bomb go off', async (coding, bomb) => {
    await using gateway = await runningGateway()
    const answer = await gateway.ingest(bomb, { 'content-encoding': coding })
    expect([answer.status, await answer.json()]).toMatchObject([413, { error: { code: 'body-too-large' } }])
    expect(gateway.services.fakeStreams.logs.puts).toEqual([])
    expect(await metric(gateway.services, 'millrace_ingest_in_flight_bytes')).toBe(0)
  })

  it('refuses a body that says it is too large before it comes, and cuts a connection that goes on sending', async () => {
    await using gateway = await runningGateway({ lingerTimeoutMs: 20 })
    const client = await rawClient(gateway.url)
    await client.write(ingestHead({ 'content-length': String(11 * 1024 * 1024) }))
    expect(await client.answer(/error/)).toMatch(/^HTTP\/1.1 413 .*"body-too-large"/s)
    await client.closed
  })

  it('refuses a body that turns out too large', async () => {
    await using gateway = await runningGateway({ bodyBytesMax: 2000, lingerTimeoutMs: 20 })
    const client = await rawClient(gateway.url)
    await client.write(ingestHead({ 'transfer-encoding': 'chunked' }))
    for (let sent = 0; sent < 3; sent++) await client.write(chunk('x'.repeat(1000)))
    expect(await client.answer(/error/)).toMatch(/^HTTP\/1.1 413 /)
    await client.closed
    expect(gateway.services.fakeStreams.logs.puts).toEqual([])
  })

  it('takes nothing of a body that breaks off', async () => {
    await using gateway = await runningGateway()
    for (const headers of [{ 'content-length': '1000' }, { 'transfer-encoding': 'chunked' }]) {
      const client = await rawClient(gateway.url)
      await client.write(ingestHead(headers))
      await client.write(chunk('one whole line\nand a half'))
      await eventually(async () => (await metric(gateway.services, 'millrace_ingest_in_flight_bytes')) > 0)
      client.socket.destroy()
      await eventually(async () => (await metric(gateway.services, 'millrace_ingest_in_flight_bytes')) === 0)
    }
    await eventually(async () => (await metric(gateway.services, 'millrace_ingest_requests_total{code="499"}')) === 2)
    expect(gateway.services.fakeStreams.logs.puts).toEqual([])
    expect(gateway.services.errors).toEqual([])
  })

  it('gives up on a body that stands still, and takes nothing of it', async () => {
    await using gateway = await runningGateway({ bodyIdleTimeoutMs: 30, lingerTimeoutMs: 20 })
    const client = await rawClient(gateway.url)
    await client.write(`${ingestHead({ 'content-length': '100' })}a line\n`)
    expect(await client.answer(/error/)).toMatch(/^HTTP\/1.1 408 .*"body-timeout"/s)
    await client.closed
    expect(gateway.services.fakeStreams.logs.puts).toEqual([])
  })

  it('gives up on a request that trickles in too slowly', async () => {
    await using gateway = await runningGateway({ headersTimeoutMs: 200, requestTimeoutMs: 250 })
    const client = await rawClient(gateway.url)
    await client.write(ingestHead({ 'transfer-encoding': 'chunked' }))
    const trickle = setInterval(() => void client.write(chunk('x\n')).catch(() => undefined), 10)
    const answer = await client.answer(/error/)
    clearInterval(trickle)
    expect(answer).toMatch(/^HTTP\/1.1 408 .*"request-timeout"/s)
    await client.closed
    expect(gateway.services.fakeStreams.logs.puts).toEqual([])
  })

  it('answers 429 under pressure, with the time to wait, to a client that is still sending too', async () => {
    await using gateway = await runningGateway({ retryAfterMs: 2500 })
    gateway.services.fakeStreams.logs.refuse = () => pressure
    const answer = await gateway.ingest('a\n'.repeat(10))
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '3'])
    expect(await answer.json()).toMatchObject({ accepted: 0, error: { code: 'throughput-exceeded', retryable: true } })
  })

  it('bounds the memory of all requests together', async () => {
    const limits = { bodyBytesMax: 1_000_000, decompressedBytesMax: 1_000_000, ingestBytesInFlightMax: 1_000_000 }
    await using gateway = await runningGateway({ ...limits, lingerTimeoutMs: 20 })
    const holder = await rawClient(gateway.url)
    await holder.write(ingestHead({ 'content-length': '900000' }))
    await holder.write(Buffer.alloc(600_000, 'x'))
    await eventually(async () => (await metric(gateway.services, 'millrace_ingest_in_flight_bytes')) >= 600_000)
    const refused = await gateway.ingest('y'.repeat(500_000))
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    expect((await gateway.ingest('small')).status).toBe(200)
    await holder.write(Buffer.alloc(300_000, 'x'))
    expect(await holder.answer(/accepted/)).toContain('{"accepted":1}')
    expect((await gateway.ingest('y'.repeat(500_000))).status).toBe(200)
    holder.socket.destroy()
  })

  it('sent again after a lost answer, numbers the same lines the same', async () => {
    await using gateway = await runningGateway()
    const headers = { 'millrace-producer-id': 'run', 'millrace-first-sequence': '10' }
    for (let attempt = 0; attempt < 2; attempt++) await gateway.ingest(`${trace}\nnext\n`, headers)
    const seen = gateway.services.fakeStreams.logs.records.map(({ producerSequence, data }) => [
      producerSequence,
      Buffer.from(data).toString(),
    ])
    expect(seen.slice(0, 2)).toEqual([
      [10, trace],
      [11, 'next'],
    ])
    expect(seen.slice(2)).toEqual(seen.slice(0, 2))
  })
})
