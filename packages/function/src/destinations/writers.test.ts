import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createMemoryStreams, systemClock } from '@millrace/stream'
import { ManualClock, temporaryDirectory } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import type { DestinationRecord } from './destination-record.ts'
import { FileDestination, HttpDestination, StreamDestination } from './index.ts'

const record: DestinationRecord = {
  key: 'shardId-000000000001',
  folder: 'aws/lambda/uuid-1/shardId-000000000001',
  timestamp: Date.parse('2026-03-04T05:06:07.890Z'),
  json: () => '{"a":1}',
  jsonWithPayload: () => '{"a":1,"payload":{}}',
}
const never = new AbortController().signal

describe('a stream as a destination', () => {
  it('gets the record without its payload, under its key', async () => {
    const streams = createMemoryStreams()
    await streams.create('failed', { shardCount: 1, retentionHours: 24 })
    await new StreamDestination(streams, 'failed').deliver(record, never)
    const stream = await streams.get('failed')
    const { records } = await stream.read('shardId-000000000000', { type: 'TRIM_HORIZON' }, { recordsMax: 10, bytesMax: 1000 })
    expect(records.map(({ partitionKey, data }) => [partitionKey, Buffer.from(data).toString()])).toEqual([[record.key, '{"a":1}']])
    await streams.close()
  })

  it('gets attributes as headers of the record', async () => {
    const streams = createMemoryStreams()
    await streams.create('failed', { shardCount: 1, retentionHours: 24 })
    await new StreamDestination(streams, 'failed').deliver({ ...record, attributes: { RequestID: 'id-1' } }, never)
    const stream = await streams.get('failed')
    const { records } = await stream.read('shardId-000000000000', { type: 'TRIM_HORIZON' }, { recordsMax: 10, bytesMax: 1000 })
    expect(records[0]?.headers.foreign).toEqual({ RequestID: 'id-1' })
    await streams.close()
  })

  it('says whether another attempt is of use', async () => {
    const streams = createMemoryStreams({ storageBytesMax: 10 })
    await streams.create('full', { shardCount: 1, retentionHours: 24 })
    const missing = new StreamDestination(streams, 'missing').deliver(record, never)
    await expect(missing).rejects.toMatchObject({ retryable: false, message: expect.stringContaining('No stream is called "missing"') })
    const full = new StreamDestination(streams, 'full').deliver({ ...record, json: () => 'x'.repeat(100) }, never)
    await expect(full).rejects.toMatchObject({ name: 'DestinationError', retryable: true })
    await streams.close()
  })
})

describe('a directory as a destination', () => {
  it("has the whole record as a file under S3's key", async () => {
    await using directory = await temporaryDirectory()
    const writer = new FileDestination(join(directory.path, 'bucket'))
    await Promise.all([writer.deliver(record, never), writer.deliver(record, never)])
    const folder = join(directory.path, 'bucket/aws/lambda/uuid-1/shardId-000000000001/2026/03/04')
    const files = await readdir(folder)
    expect(files).toHaveLength(2)
    for (const file of files)
      expect(file).toMatch(/^2026-03-04T05\.06\.07-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(JSON.parse(await readFile(join(folder, files[0] as string), 'utf8'))).toEqual({ a: 1, payload: {} })
  })

  it('says where a record could not be written', async () => {
    await using directory = await temporaryDirectory()
    await writeFile(join(directory.path, 'file'), '')
    const delivered = new FileDestination(join(directory.path, 'file')).deliver(record, never)
    await expect(delivered).rejects.toMatchObject({
      name: 'DestinationError',
      retryable: false,
      message: expect.stringContaining('file/aws/lambda/uuid-1'),
    })
  })
})

describe('an HTTP endpoint as a destination', () => {
  it('is posted the record without its payload', async () => {
    await using server = await endpoint((response) => response.writeHead(204).end())
    await new HttpDestination({ url: new URL(`${server.url}/hook?token=1`), clock: systemClock }).deliver(record, never)
    expect(server.requests).toEqual([
      { method: 'POST', url: '/hook?token=1', type: 'application/json', authorization: undefined, attributes: {}, body: '{"a":1}' },
    ])
  })

  it('is told attributes in headers', async () => {
    await using server = await endpoint((response) => response.writeHead(200).end())
    const attributes = { RequestID: 'id-1', ErrorMessage: 'no\nümlauts' }
    await new HttpDestination({ url: new URL(server.url), clock: systemClock }).deliver({ ...record, attributes }, never)
    expect(server.requests[0]?.attributes).toEqual({ 'x-millrace-requestid': 'id-1', 'x-millrace-errormessage': 'no%0A%C3%BCmlauts' })
  })

  it('is told the name and password of its URL, which no message shows', async () => {
    await using server = await endpoint((response) => response.writeHead(401).end('no'))
    const url = new URL(`${server.url}/hook?token=1`)
    url.username = 'me'
    url.password = 'p:ss'
    const delivered = new HttpDestination({ url, clock: systemClock }).deliver(record, never)
    await expect(delivered).rejects.toMatchObject({
      message: `${server.url}/hook answered 401 to a record of an invocation.`,
      retryable: false,
    })
    expect(server.requests[0]?.authorization).toBe(`Basic ${Buffer.from('me:p:ss').toString('base64')}`)
  })

  it.each([
    [500, true],
    [503, true],
    [429, true],
    [408, true],
    [400, false],
    [404, false],
    [302, false],
  ])('that answers %i may take it later: %s', async (status, retryable) => {
    await using server = await endpoint((response) => response.writeHead(status, { location: '/elsewhere' }).end())
    const delivered = new HttpDestination({ url: new URL(server.url), clock: systemClock }).deliver(record, never)
    await expect(delivered).rejects.toMatchObject({ name: 'DestinationError', retryable })
    expect(server.requests).toHaveLength(1)
  })

  it('that does not answer is given up after the time-out', async () => {
    const clock = new ManualClock()
    await using server = await endpoint(() => {})
    const delivered = new HttpDestination({ url: new URL(server.url), clock, timeoutMs: 5_000 }).deliver(record, never)
    const refused = expect(delivered).rejects.toMatchObject({
      message: expect.stringContaining('no answer within 5000 ms'),
      retryable: true,
    })
    await server.asked
    await clock.advance(5_000)
    await refused
  })

  it('that is away may be back later', async () => {
    const { url } = await endpoint(() => {}).then(async (server) => {
      await server[Symbol.asyncDispose]()
      return server
    })
    const delivered = new HttpDestination({ url: new URL(url), clock: systemClock }).deliver(record, never)
    await expect(delivered).rejects.toMatchObject({ message: expect.stringContaining('ECONNREFUSED'), retryable: true })
  })

  it('is left with the signal', async () => {
    const stop = new AbortController()
    await using server = await endpoint(() => {})
    const delivered = new HttpDestination({ url: new URL(server.url), clock: systemClock }).deliver(record, stop.signal)
    const stopped = expect(delivered).rejects.toThrow('stopped')
    await server.asked
    stop.abort(new Error('stopped'))
    await stopped
  })
})

interface Endpoint extends AsyncDisposable {
  readonly url: string
  readonly requests: {
    readonly method?: string
    readonly url?: string
    readonly type?: string
    readonly authorization?: string
    readonly attributes: object
    readonly body: string
  }[]
  /** Resolves with the first request. */
  readonly asked: Promise<void>
}

async function endpoint(answer: (response: ServerResponse) => void): Promise<Endpoint> {
  const { promise: asked, resolve } = Promise.withResolvers<void>()
  const requests: Endpoint['requests'] = []
  const server = createServer((request: IncomingMessage, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      const { method, url, headers } = request
      const attributes = Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-millrace-')))
      const { authorization, 'content-type': type } = headers
      requests.push({ method, url, type, authorization, attributes, body } as Endpoint['requests'][number])
      resolve()
      answer(response)
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    asked,
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
