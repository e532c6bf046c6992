import { PayloadTooLargeError, TooManyRequestsError } from '@millrace/function'
import type { LightMyRequestResponse } from 'fastify'
import { describe, expect, it } from 'vitest'
import { FakeServices, success, testServer } from '../../test/support/test-gateway.ts'

async function invoke(
  name: string,
  options: { readonly body?: string; readonly headers?: Record<string, string>; readonly services?: FakeServices } = {},
): Promise<LightMyRequestResponse> {
  const { server } = testServer({}, options.services ?? new FakeServices())
  const headers = options.headers ?? {}
  return server.inject({ method: 'POST', url: `/2015-03-31/functions/${name}/invocations`, payload: options.body ?? '{"a":1}', headers })
}

describe("Lambda's Invoke", () => {
  it('answers what the function returned', async () => {
    const services = new FakeServices()
    const answer = await invoke('hello', { services })
    expect([answer.statusCode, answer.body]).toEqual([200, '{"ok":true}'])
    expect(answer.headers).toMatchObject({ 'x-amz-executed-version': '$LATEST', 'x-amzn-requestid': 'r-1' })
    expect(answer.headers['millrace-report']).toBe(
      'REPORT RequestId: r-1 Duration: 1.23 ms Billed Duration: 2 ms Memory Size: 128 MB Max Memory Used: 40 MB',
    )
    expect(answer.headers).not.toHaveProperty('x-amz-function-error')
    expect(answer.headers).not.toHaveProperty('x-amz-log-result')
    expect(services.invocations).toEqual([{ name: 'hello', payload: { kind: 'json', json: '{"a":1}' } }])
  })

  it.each([
    'arn:aws:lambda:us-east-1:000000000000:function:hello',
    'arn:aws:lambda:us-east-1:000000000000:function:hello:$LATEST',
    encodeURIComponent('arn:aws:lambda:us-east-1:000000000000:function:hello'),
    '000000000000:function:hello',
    'hello:$LATEST',
  ])('knows the function as %s', async (name) => {
    expect((await invoke(name)).statusCode).toBe(200)
  })

  it('gives an empty event where there is no body', async () => {
    const services = new FakeServices()
    await invoke('hello', { services, body: '' })
    expect(services.invocations[0]?.payload).toEqual({ kind: 'json', json: '{}' })
  })

  it('carries the log on request', async () => {
    const answer = await invoke('hello', { headers: { 'x-amz-log-type': 'Tail' } })
    expect(Buffer.from(String(answer.headers['x-amz-log-result']), 'base64').toString()).toContain('END RequestId: r-1')
  })

  it('answers a failed function with 200, and says so in a header', async () => {
    const services = new FakeServices()
    const { kind: _, ...invocation } = success('')
    services.invocation = async () => ({
      ...invocation,
      kind: 'failure',
      errorType: 'TypeError',
      errorMessage: 'x is null',
      trace: ['at y'],
    })
    const answer = await invoke('hello', { services })
    expect([answer.statusCode, answer.headers['x-amz-function-error'], answer.json()]).toEqual([
      200,
      'Unhandled',
      { errorType: 'TypeError', errorMessage: 'x is null', trace: ['at y'] },
    ])
  })

  it('tries without running', async () => {
    const services = new FakeServices()
    const headers = { 'x-amz-invocation-type': 'DryRun' }
    expect((await invoke('hello', { services, headers })).statusCode).toBe(204)
    expect((await invoke('helo', { services, headers })).statusCode).toBe(404)
    expect(services.invocations).toEqual([])
  })

  it.each<[string, string, Parameters<typeof invoke>[1], number, string]>([
    ['an unknown function', 'helo', {}, 404, 'ResourceNotFoundException'],
    ['an unknown version', 'hello:7', {}, 404, 'ResourceNotFoundException'],
    ['a name that is none', 'he%20llo', {}, 400, 'ValidationException'],
    ['another type', 'hello', { headers: { 'x-amz-invocation-type': 'Maybe' } }, 400, 'ValidationException'],
    ['what is no JSON', 'hello', { body: '{' }, 400, 'InvalidRequestContentException'],
    ['more than 6 MB', 'hello', { body: `"${'x'.repeat(6 * 1024 * 1024)}"` }, 413, 'RequestTooLargeException'],
    ['a foreign host', 'hello', { headers: { host: 'evil.com' } }, 403, 'AccessDeniedException'],
  ])('answers as Lambda does to %s', async (_, name, options, status, type) => {
    const answer = await invoke(name, options)
    expect([answer.statusCode, answer.headers['x-amzn-errortype']]).toEqual([status, type])
    expect(answer.json()).toMatchObject({ Type: 'User', message: expect.stringMatching(/.{10}/) as string })
  })

  it('keeps an event for later', async () => {
    const services = new FakeServices()
    const answer = await invoke('hello', { services, headers: { 'x-amz-invocation-type': 'Event' } })
    expect([answer.statusCode, answer.body, answer.headers['x-amzn-requestid']]).toEqual([202, '', 'event-1'])
    expect([services.events, services.invocations]).toEqual([[{ name: 'hello', json: '{"a":1}' }], []])
  })

  it.each([
    [new TooManyRequestsError('The limit is reached.'), 429, 'TooManyRequestsException'],
    [new PayloadTooLargeError('Over 6 MB.'), 413, 'RequestTooLargeException'],
    [new Error('boom'), 500, 'ServiceException'],
  ])('answers %o', async (error, status, type) => {
    const services = new FakeServices()
    services.invocation = () => Promise.reject(error)
    const answer = await invoke('hello', { services })
    expect([answer.statusCode, answer.headers['x-amzn-errortype']]).toEqual([status, type])
    expect(services.errors).toHaveLength(status === 500 ? 1 : 0)
  })
})
