import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import { temporaryDirectory } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { createGateway } from '../src/gateway.ts'
import { rawClient } from './support/raw-client.ts'
import { eventually, runningGateway } from './support/running-gateway.ts'
import { FakeServices } from './support/test-gateway.ts'

describe('a listening gateway', () => {
  it('names the port that somebody else has', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as AddressInfo
    const gateway = await createGateway(new FakeServices(), { port })
    await expect(gateway.listen()).rejects.toMatchObject({
      name: 'GatewayListenError',
      code: 'EADDRINUSE',
      retryable: true,
      message: expect.stringMatching(new RegExp(`127\\.0\\.0\\.1, port ${port}.*another program.*another port`)) as string,
    })
    await gateway.close()
    other.close()
  })

  it('names an address that is not of this machine', async () => {
    const gateway = await createGateway(new FakeServices(), { host: '203.0.113.7', port: 0, trustProxy: true })
    await expect(gateway.listen()).rejects.toMatchObject({ code: 'EADDRNOTAVAIL', retryable: false })
    await gateway.close()
  })

  it('checks Host and Origin', async () => {
    await using gateway = await runningGateway()
    const foreign = await rawClient(gateway.url)
    await foreign.write('GET /stats HTTP/1.1\r\nHost: rebound.example.com\r\n\r\n')
    expect(await foreign.answer(/error/)).toMatch(/^HTTP\/1.1 403 .*allowedHosts/s)
    foreign.socket.destroy()
    expect((await gateway.ingest('a\n', { origin: 'https://evil.example.com' })).status).toBe(403)
    expect((await gateway.ingest('a\n', { origin: gateway.url })).status).toBe(200)
    expect(gateway.services.fakeStreams.logs.lines).toEqual(['a'])
  })

  it('asks for a key', async () => {
    await using gateway = await runningGateway({ apiKeys: ['a-long-enough-key'] })
    expect((await gateway.ingest('a\n')).status).toBe(401)
    expect((await gateway.ingest('a\n', { authorization: 'Bearer another-long-key' })).status).toBe(401)
    expect((await gateway.ingest('a\n', { authorization: 'Bearer a-long-enough-key' })).status).toBe(200)
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200)
    expect(gateway.services.fakeStreams.logs.lines).toEqual(['a'])
  })

  it('answers a body that is too large to a client that goes on sending it', async () => {
    await using gateway = await runningGateway()
    const client = await rawClient(gateway.url)
    const size = 7 * 1024 * 1024
    await client.write(`POST /2015-03-31/functions/f/invocations HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${size}\r\n\r\n`)
    expect(await client.answer(/RequestTooLarge/)).toMatch(/^HTTP\/1.1 413 /)
    // Nothing is cut off: the rest is taken, and the connection serves the next request.
    await client.write(Buffer.alloc(size))
    await client.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await client.answer(/HTTP\/1.1 200 /)
    client.socket.destroy()
  })

  it('bounds the head of a request', async () => {
    await using gateway = await runningGateway({ headerBytesMax: 2048 })
    const client = await rawClient(gateway.url)
    await client.write(`GET /stats HTTP/1.1\r\nHost: localhost\r\nx: ${'y'.repeat(4000)}\r\n\r\n`)
    expect(await client.answer(/error/)).toMatch(/^HTTP\/1.1 431 .*headers-too-large/s)
    await client.closed
  })

  it('gives up on a head that does not come', async () => {
    await using gateway = await runningGateway({ headersTimeoutMs: 200 })
    const client = await rawClient(gateway.url)
    await client.write('GET /stats HTTP/1.1\r\nHost: loc')
    expect(await client.answer(/error/)).toMatch(/^HTTP\/1.1 408 .*request-timeout/s)
    await client.closed
  })

  it('answers what is no HTTP', async () => {
    await using gateway = await runningGateway()
    const client = await rawClient(gateway.url)
    await client.write('hello\r\n\r\n')
    expect(await client.answer(/error/)).toMatch(/^HTTP\/1.1 400 .*bad-request/s)
    await client.closed
  })

  it('bounds its connections', async () => {
    await using gateway = await runningGateway({ connectionsMax: 1 })
    const first = await rawClient(gateway.url)
    const second = await rawClient(gateway.url)
    await second.closed
    first.socket.destroy()
  })

  it('closes by answering what is under way, and nothing more', async () => {
    const gateway = await runningGateway()
    const { logs } = gateway.services.fakeStreams
    const gate = Promise.withResolvers<void>()
    logs.gate = gate.promise
    const idle = await rawClient(gateway.url)
    const answer = gateway.ingest('a\n')
    await eventually(() => logs.puts.length === 1)
    const closed = gateway.close()
    await idle.closed
    await expect(fetch(gateway.url)).rejects.toThrow()
    gate.resolve()
    expect(await (await answer).json()).toEqual({ accepted: 1 })
    await closed
    await gateway.close()
  })

  it('does not wait for ever when it closes', async () => {
    const gateway = await runningGateway({ closeTimeoutMs: 30 })
    gateway.services.fakeStreams.logs.gate = new Promise(() => undefined)
    const lost = expect(gateway.ingest('a\n')).rejects.toThrow()
    await eventually(() => gateway.services.fakeStreams.logs.puts.length === 1)
    await gateway.close()
    await lost
  })
})

describe('a gateway with TLS', () => {
  it('answers over TLS 1.2 and newer alone', async () => {
    await using directory = await temporaryDirectory()
    const tls = selfSigned(directory.path)
    await using gateway = await runningGateway({ ...tls, apiKeys: ['a-long-enough-key'] })
    expect(gateway.url).toMatch(/^https:\/\/127\.0\.0\.1:/)
    const body = await new Promise<string>((resolve, reject) => {
      const options = { ca: tls.tlsCertificate, method: 'POST', headers: { 'x-api-key': 'a-long-enough-key' } }
      request(`${gateway.url}/ingest/logs`, options, (response) => resolve(text(response)))
        .on('error', reject)
        .end('a\nb')
    })
    expect(body).toBe('{"accepted":2}')
    const port = Number(new URL(gateway.url).port)
    const refused = connectTls({
      port,
      host: '127.0.0.1',
      ca: tls.tlsCertificate,
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
    })
    await expect(new Promise((resolve, reject) => refused.on('secureConnect', resolve).on('error', reject))).rejects.toThrow(/protocol/i)
  })

  it('refuses a certificate that is none, in a clear sentence', async () => {
    const options = { port: 0, tlsCertificate: 'no certificate', tlsKey: 'no key' }
    await expect(createGateway(new FakeServices(), options)).rejects.toMatchObject({
      name: 'GatewayOptionsError',
      message: expect.stringContaining('tlsCertificate, tlsKey') as string,
    })
  })
})

/** Of the machine: nothing in Node makes certificates. */
const openssl = 'openssl'

function selfSigned(directory: string): { tlsCertificate: string; tlsKey: string } {
  const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  execFileSync(openssl, ['req', '-x509', ...ec, '-days', '1', '-keyout', key, '-out', certificate, ...subject], { stdio: 'ignore' })
  return { tlsCertificate: readFileSync(certificate, 'utf8'), tlsKey: readFileSync(key, 'utf8') }
}
