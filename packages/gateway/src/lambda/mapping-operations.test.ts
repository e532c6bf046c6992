import type { LightMyRequestResponse } from 'fastify'
import { describe, expect, it } from 'vitest'
import { FakeServices, testServer } from '../../test/support/test-gateway.ts'

const path = '/2015-03-31/event-source-mappings'
const stream = 'arn:aws:kinesis:us-east-1:000000000000:stream/logs'
const least = { FunctionName: 'hello', EventSourceArn: stream, StartingPosition: 'LATEST' }
const first = '00000000-0000-4000-8000-000000000001'

async function call(
  services: FakeServices,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  body?: object,
): Promise<LightMyRequestResponse> {
  return testServer({}, services).server.inject({ method, url, ...(body === undefined ? {} : { payload: body }) })
}

describe('event source mappings', () => {
  it('are created, read, changed and deleted', async () => {
    const services = new FakeServices()
    const created = await call(services, 'POST', path, {
      ...least,
      FunctionName: 'arn:aws:lambda:us-east-1:000000000000:function:hello',
      BatchSize: 7,
    })
    expect([created.statusCode, created.headers['x-amzn-requestid']]).toEqual([202, 'request-1'])
    expect(created.json()).toMatchObject({ UUID: first, BatchSize: 7, State: 'Creating', LastModified: 1_700_000_000.5 })
    expect(services.eventSourceMappings.requests).toEqual([{ ...least, BatchSize: 7 }])

    expect((await call(services, 'GET', `${path}/${first}`)).json()).toMatchObject({ UUID: first })
    const updated = await call(services, 'PUT', `${path}/${first}`, { BatchSize: 9, Enabled: false, StartingPosition: 'LATEST' })
    expect([updated.statusCode, updated.json()]).toMatchObject([202, { BatchSize: 9, State: 'Updating' }])
    expect(services.eventSourceMappings.requests.at(-1)).toEqual({ BatchSize: 9, Enabled: false })
    const deleted = await call(services, 'DELETE', `${path}/${first}`)
    expect([deleted.statusCode, deleted.json()]).toMatchObject([202, { State: 'Deleting' }])
  })

  it('are listed in pages, of a function and a stream', async () => {
    const services = new FakeServices()
    for (const FunctionName of ['a', 'b', 'c']) await call(services, 'POST', `${path}/`, { ...least, FunctionName })
    interface List {
      readonly EventSourceMappings: readonly { readonly FunctionArn: string }[]
      readonly NextMarker?: string
    }
    const page = (await call(services, 'GET', `${path}/?MaxItems=2`)).json<List>()
    expect(page.EventSourceMappings).toHaveLength(2)
    const rest = (await call(services, 'GET', `${path}?Marker=${page.NextMarker}`)).json<List>()
    expect(rest).toEqual({ EventSourceMappings: [expect.objectContaining({ FunctionArn: expect.stringMatching(/:c$/) as string })] })
    await call(services, 'GET', `${path}?FunctionName=function:a&EventSourceArn=${encodeURIComponent(stream)}`)
    expect(services.eventSourceMappings.requests.at(-1)).toEqual({ FunctionName: 'a', EventSourceArn: stream })
  })

  it.each([
    ['POST', path, {}, 400, 'ValidationException', "Value null at 'functionName'"],
    ['POST', path, { ...least, BatchSize: 'many' }, 400, 'SerializationException', "at 'batchSize'"],
    [
      'POST',
      path,
      { FunctionName: 'hello', EventSourceArn: stream },
      400,
      'InvalidParameterValueException',
      "Value null at 'startingPosition'",
    ],
    [
      'POST',
      path,
      { FunctionName: 'hello', StartingPosition: 'LATEST' },
      400,
      'InvalidParameterValueException',
      'Unrecognized event source',
    ],
    ['POST', path, { ...least, FunctionName: 'hello:live' }, 404, 'ResourceNotFoundException', 'Function not found'],
    ['GET', `${path}/${first}`, undefined, 404, 'ResourceNotFoundException', 'does not exist'],
    ['GET', `${path}/short`, undefined, 400, 'ValidationException', "'short' at 'uUID'"],
    ['GET', `${path}?MaxItems=0`, undefined, 400, 'ValidationException', "'0' at 'maxItems'"],
    ['GET', `${path}?MaxItems=ten`, undefined, 400, 'SerializationException', '"ten" can not be converted'],
    ['GET', `${path}?Marker=ten`, undefined, 400, 'InvalidParameterValueException', 'The Marker "ten"'],
  ] as const)('%s %s %j is answered as Lambda does', async (method, url, body, status, type, message) => {
    const answer = await call(new FakeServices(), method, url, body)
    expect([answer.statusCode, answer.headers['x-amzn-errortype']]).toEqual([status, type])
    expect(answer.json()).toMatchObject({ Type: 'User', message: expect.stringContaining(message) as string })
    expect(answer.headers['x-amzn-requestid']).toBe('request-1')
  })

  it('conflict, and are in use', async () => {
    const services = new FakeServices()
    await call(services, 'POST', path, least)
    const again = await call(services, 'POST', path, least)
    expect([again.statusCode, again.headers['x-amzn-errortype']]).toEqual([409, 'ResourceConflictException'])
    services.eventSourceMappings.busy = true
    const busy = await call(services, 'PUT', `${path}/${first}`, { BatchSize: 2 })
    expect([busy.statusCode, busy.headers['x-amzn-errortype']]).toEqual([400, 'ResourceInUseException'])
  })

  it('tell a body that is no JSON, or too large', async () => {
    const { server } = testServer({ jsonBodyBytesMax: 2048 })
    const bad = await server.inject({ method: 'POST', url: path, payload: '{"a"' })
    expect([bad.statusCode, bad.headers['x-amzn-errortype']]).toEqual([400, 'SerializationException'])
    const large = await server.inject({ method: 'POST', url: path, payload: 'x'.repeat(3000) })
    expect([large.statusCode, large.headers['x-amzn-errortype']]).toEqual([413, 'RequestTooLargeException'])
  })

  it('ask for the key like everything else', async () => {
    const { server } = testServer({ apiKeys: ['a-long-enough-key'] })
    const denied = await server.inject({ method: 'GET', url: path, headers: { authorization: 'AWS4-HMAC-SHA256 Credential=x' } })
    expect([denied.statusCode, denied.headers['x-amzn-errortype']]).toEqual([403, 'UnrecognizedClientException'])
    expect((await server.inject({ method: 'GET', url: path, headers: { 'x-api-key': 'a-long-enough-key' } })).statusCode).toBe(200)
  })
})
