import type { LightMyRequestResponse } from 'fastify'
import { describe, expect, it } from 'vitest'
import { FakeServices, testServer } from '../../test/support/test-gateway.ts'
import { refusedOperations } from './refused-operations.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

async function call(services: FakeServices, method: Method, url: string, body?: object): Promise<LightMyRequestResponse> {
  return testServer({}, services).server.inject({ method, url, ...(body === undefined ? {} : { payload: body }) })
}

const concurrency = (version: string, name = 'hello') => `/${version}/functions/${name}/concurrency`
const provisioned = '/2019-09-30/functions/hello/provisioned-concurrency'
const eventInvoke = '/2019-09-25/functions/hello/event-invoke-config'

describe('functions', () => {
  it('are listed and shown', async () => {
    const services = new FakeServices()
    services.functionAdministration.names = ['a', 'b', 'hello']
    const page = (await call(services, 'GET', '/2015-03-31/functions/?MaxItems=2')).json<{ Functions: unknown[]; NextMarker: string }>()
    expect(page.Functions).toHaveLength(2)
    const rest = await call(services, 'GET', `/2015-03-31/functions?Marker=${page.NextMarker}`)
    expect(rest.json()).toMatchObject({ Functions: [{ FunctionName: 'hello' }] })
    expect((await call(services, 'GET', '/2015-03-31/functions/hello')).json()).toMatchObject({ Configuration: { FunctionName: 'hello' } })
    expect((await call(services, 'GET', '/2015-03-31/functions/hello:$LATEST/configuration')).json()).toMatchObject({ Timeout: 3 })
  })

  it('take other settings', async () => {
    const services = new FakeServices()
    const url = '/2015-03-31/functions/hello/configuration'
    const answer = await call(services, 'PUT', url, { Timeout: 9, Role: 'arn:aws:iam::000000000000:role/any', RevisionId: 'r1' })
    expect([answer.statusCode, answer.json()]).toMatchObject([200, { Timeout: 9 }])
    expect(services.functionAdministration.settings).toEqual({ Timeout: 9 })
    const stale = await call(services, 'PUT', url, { RevisionId: 'r0' })
    expect([stale.statusCode, stale.headers['x-amzn-errortype']]).toEqual([412, 'PreconditionFailedException'])
  })

  it('have a reserved concurrency', async () => {
    const services = new FakeServices()
    const put = await call(services, 'PUT', concurrency('2017-10-31'), { ReservedConcurrentExecutions: 0 })
    expect([put.statusCode, put.json()]).toEqual([200, { ReservedConcurrentExecutions: 0 }])
    expect((await call(services, 'GET', concurrency('2019-09-30'))).json()).toEqual({ ReservedConcurrentExecutions: 0 })
    const removed = await call(services, 'DELETE', concurrency('2017-10-31'))
    expect([removed.statusCode, removed.body]).toEqual([204, ''])
    expect((await call(services, 'GET', concurrency('2019-09-30'))).json()).toEqual({})
  })

  it('have a provisioned concurrency', async () => {
    const services = new FakeServices()
    const absent = await call(services, 'GET', `${provisioned}?Qualifier=$LATEST`)
    expect([absent.statusCode, absent.headers['x-amzn-errortype']]).toEqual([404, 'ProvisionedConcurrencyConfigNotFoundException'])
    expect((await call(services, 'GET', `${provisioned}?List=ALL`)).json()).toEqual({ ProvisionedConcurrencyConfigs: [] })
    const put = await call(services, 'PUT', `${provisioned}?Qualifier=$LATEST`, { ProvisionedConcurrentExecutions: 2 })
    expect([put.statusCode, put.json()]).toMatchObject([202, { RequestedProvisionedConcurrentExecutions: 2, Status: 'READY' }])
    expect((await call(services, 'GET', `${provisioned}?List=ALL`)).json()).toMatchObject({
      ProvisionedConcurrencyConfigs: [{ FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:hello:$LATEST' }],
    })
    expect((await call(services, 'DELETE', `${provisioned}?Qualifier=$LATEST`)).statusCode).toBe(204)
    const unqualified = await call(services, 'GET', provisioned)
    expect(unqualified.json()).toMatchObject({ message: expect.stringContaining("Value null at 'qualifier'") as string })
  })

  it('have settings for events', async () => {
    const services = new FakeServices()
    expect((await call(services, 'GET', eventInvoke)).headers['x-amzn-errortype']).toBe('ResourceNotFoundException')
    expect((await call(services, 'GET', `${eventInvoke}/list`)).json()).toEqual({ FunctionEventInvokeConfigs: [] })
    await call(services, 'PUT', eventInvoke, { MaximumRetryAttempts: 1 })
    const updated = await call(services, 'POST', eventInvoke, { MaximumEventAgeInSeconds: 60 })
    expect(updated.json()).toMatchObject({ MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 60 })
    expect((await call(services, 'GET', `${eventInvoke}/list`)).json()).toMatchObject({
      FunctionEventInvokeConfigs: [{ MaximumRetryAttempts: 1 }],
    })
    expect((await call(services, 'DELETE', eventInvoke)).statusCode).toBe(204)
  })

  it('have one version, and nothing of what is not here', async () => {
    const services = new FakeServices()
    const answers = async (url: string): Promise<unknown> => (await call(services, 'GET', url)).json<unknown>()
    expect(await answers('/2015-03-31/functions/hello/versions')).toMatchObject({
      Versions: [{ FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:hello:$LATEST', Version: '$LATEST' }],
    })
    expect(await answers('/2015-03-31/functions/hello/aliases')).toEqual({ Aliases: [] })
    expect(await answers('/2021-10-31/functions/hello/urls')).toEqual({ FunctionUrlConfigs: [] })
    expect(await answers('/2020-06-30/functions/hello/code-signing-config')).toEqual({ FunctionName: 'hello' })
    expect(await answers('/2024-08-31/functions/hello/recursion-config')).toEqual({ RecursiveLoop: 'Allow' })
    expect(await answers('/2021-07-20/functions/hello/runtime-management-config')).toMatchObject({ UpdateRuntimeOn: 'Manual' })
    expect(await answers('/2018-10-31/layers')).toEqual({ Layers: [] })
    for (const path of ['2015-03-31/functions/hello/policy', '2021-10-31/functions/hello/url', '2015-03-31/functions/hello/aliases/live']) {
      const answer = await call(services, 'GET', `/${path}`)
      expect([answer.statusCode, answer.headers['x-amzn-errortype']], path).toEqual([404, 'ResourceNotFoundException'])
    }
    expect((await call(services, 'GET', '/2015-03-31/functions/none/versions')).statusCode).toBe(404)
  })

  it('have tags', async () => {
    const services = new FakeServices()
    const url = `/2017-03-31/tags/${encodeURIComponent('arn:aws:lambda:us-east-1:000000000000:function:hello')}`
    expect((await call(services, 'GET', url)).json()).toEqual({ Tags: {} })
    const tagged = await call(services, 'POST', url, { Tags: { team: 'search', stage: 'test', cost: '' } })
    expect([tagged.statusCode, tagged.body]).toEqual([204, ''])
    expect((await call(services, 'DELETE', `${url}?tagKeys=stage&tagKeys=cost`)).statusCode).toBe(204)
    expect((await call(services, 'GET', url)).json()).toEqual({ Tags: { team: 'search' } })
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`key-${index}`, '']))
    expect((await call(services, 'POST', url, { Tags: many })).headers['x-amzn-errortype']).toBe('InvalidParameterValueException')
    for (const [arn, type] of [
      ['function:none', 'ResourceNotFoundException'],
      ['function:hello:live', 'InvalidParameterValueException'],
      ['code-signing-config:csc-00000000000000000', 'InvalidParameterValueException'],
      ['event-source-mapping:00000000-0000-4000-8000-000000000009', 'ResourceNotFoundException'],
      ['nothing', 'ValidationException'],
    ]) {
      const answer = await call(services, 'GET', `/2017-03-31/tags/arn:aws:lambda:us-east-1:000000000000:${arn}`)
      expect(answer.headers['x-amzn-errortype'], arn).toBe(type)
    }
  })

  it("answers in AWS's form what is at none of Lambda's paths here", async () => {
    const answer = await call(new FakeServices(), 'GET', '/2025-11-30/capacity-providers?MaxItems=1')
    expect([answer.statusCode, answer.headers['x-amzn-errortype']]).toEqual([404, 'UnknownOperationException'])
    expect(answer.json()).toMatchObject({ Message: expect.stringContaining('GET /2025-11-30/capacity-providers here') as string })
    expect((await call(new FakeServices(), 'GET', '/nowhere')).json()).toMatchObject({ error: { code: 'not-found' } })
  })

  it('share an account', async () => {
    expect((await call(new FakeServices(), 'GET', '/2016-08-19/account-settings/')).json()).toMatchObject({
      AccountLimit: { ConcurrentExecutions: 1000 },
      AccountUsage: { FunctionCount: 1 },
    })
  })

  it.each<[Method, string, object | undefined]>([
    ['GET', '/2015-03-31/functions/none', undefined],
    ['GET', '/2015-03-31/functions/none/configuration', undefined],
    ['PUT', '/2015-03-31/functions/none/configuration', { Timeout: 3 }],
    ['PUT', concurrency('2017-10-31', 'none'), { ReservedConcurrentExecutions: 1 }],
    ['GET', concurrency('2019-09-30', 'none'), undefined],
    ['GET', '/2015-03-31/functions/hello:live', undefined],
    ['GET', `${eventInvoke}?Qualifier=live`, undefined],
    ['PUT', `${provisioned}?Qualifier=live`, { ProvisionedConcurrentExecutions: 1 }],
  ])('%s %s: there is no such function', async (method, url, body) => {
    const answer = await call(new FakeServices(), method, url, body)
    expect([answer.statusCode, answer.headers['x-amzn-errortype']]).toEqual([404, 'ResourceNotFoundException'])
  })

  it.each(refusedOperations)('$name is refused in a sentence', async ({ name, method, path }) => {
    const answer = await call(new FakeServices(), method, path.replaceAll(/\{\w+\}/g, 'x'), method === 'GET' ? undefined : {})
    expect([answer.statusCode, answer.headers['x-amzn-errortype']]).toEqual([400, 'UnsupportedOperationException'])
    expect(answer.json()).toMatchObject({ message: expect.stringMatching(`^${name} is not supported. `) as string })
  })
})
