import { createMemoryStreams, type ResourceStore } from '@millrace/stream'
import { ManualClock, temporaryDirectory } from '@millrace/testing'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createFunctionRuntime } from '../function-runtime.ts'
import type { FunctionDefinition, LambdaFunctionDefinition } from '../function-definition.ts'
import { createFunctionAdministration, type RunningFunctionAdministration } from './administration.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

const base: LambdaFunctionDefinition = { kind: 'lambda', name: 'f', directory: '/nowhere', handler: 'index.handler' }
const builtIn: FunctionDefinition = {
  kind: 'native',
  name: 'log-indexer',
  module: new URL(import.meta.url),
  export: 'create',
  init: () => ({ data: undefined }),
}

/** One process of a system whose settings are kept in `resources`. */
async function open(resources: ResourceStore, definition: Partial<LambdaFunctionDefinition> = {}) {
  const clock = new ManualClock()
  const functions = [{ ...base, ...definition }, builtIn]
  const runtime = createFunctionRuntime({ functions, clock })
  let revisions = 0
  const administration = createFunctionAdministration({
    runtime,
    resources,
    functions,
    clock,
    revision: () => `revision-${revisions++}`,
    warn: () => {},
  })
  const stop = new AbortController()
  const running = administration.run(stop.signal)
  stops.push(async () => {
    stop.abort()
    await running
    await runtime.close()
  })
  await administration.ready
  return { clock, runtime, administration }
}

function store(): ResourceStore {
  return createMemoryStreams({ clock: new ManualClock() }).resources
}

/** Waits until what one process has changed is seen by another. */
async function seen(what: () => Promise<unknown>, expected: unknown): Promise<void> {
  for (let turn = 0; turn < 100; turn++) {
    if (JSON.stringify(await what()) === JSON.stringify(expected)) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(await what()).toEqual(expected)
}

describe('the configuration of a function', () => {
  it('is what the template says, in AWS’s shape', async () => {
    await using directory = await temporaryDirectory()
    await writeFile(join(directory.path, 'index.mjs'), 'export const handler = async () => {}')
    const { administration } = await open(store(), {
      directory: directory.path,
      timeoutSeconds: 7,
      environment: { A: 'b' },
      description: 'Says b.',
    })
    const configuration = await administration.getConfiguration('f')
    expect(configuration).toMatchObject({
      FunctionName: 'f',
      FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
      Handler: 'index.handler',
      CodeSize: 37,
      Description: 'Says b.',
      Timeout: 7,
      MemorySize: 128,
      Environment: { Variables: { A: 'b' } },
      Version: '$LATEST',
      State: 'Active',
      LastUpdateStatus: 'Successful',
      LastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/),
      RevisionId: expect.stringMatching(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/),
    })
    expect(Buffer.from(configuration.CodeSha256, 'base64').byteLength).toBe(32)
    expect(await administration.getConfiguration('f')).toEqual(configuration)
    await writeFile(join(directory.path, 'index.mjs'), 'export const handler = async () => 42')
    const changed = await administration.getConfiguration('f')
    expect(changed.CodeSha256).not.toBe(configuration.CodeSha256)
    expect(changed.RevisionId).not.toBe(configuration.RevisionId)
    expect(await administration.get('f')).toMatchObject({ Code: { Location: `file://${directory.path}` } })
    expect((await administration.list()).map(({ FunctionName }) => FunctionName)).toEqual(['f', 'log-indexer'])
  })

  it('can be changed: in every process, for the runtime, and after a restart', async () => {
    const resources = store()
    const one = await open(resources)
    const other = await open(resources)
    const before = await one.administration.getConfiguration('f')
    const after = await one.administration.updateConfiguration('f', { Timeout: 30, Environment: { Variables: { A: '1' } } })
    expect(after).toMatchObject({ Timeout: 30, MemorySize: 128, Environment: { Variables: { A: '1' } } })
    expect(after.RevisionId).not.toBe(before.RevisionId)
    expect(one.runtime.functions()[0]).toMatchObject({ timeoutSeconds: 30, environment: { A: '1' } })
    await seen(() => other.administration.getConfiguration('f'), after)
    expect(other.runtime.functions()[0]).toMatchObject({ timeoutSeconds: 30, environment: { A: '1' } })
    await other.administration.updateConfiguration('f', { MemorySize: 512, RevisionId: after.RevisionId })
    const restarted = await open(resources)
    expect(await restarted.administration.getConfiguration('f')).toMatchObject({ Timeout: 30, MemorySize: 512 })
  })

  it('of a template that was changed since wins over what was changed before', async () => {
    const resources = store()
    await (await open(resources)).administration.updateConfiguration('f', { Timeout: 30 })
    const changed = await open(resources, { timeoutSeconds: 9 })
    expect(await changed.administration.getConfiguration('f')).toMatchObject({ Timeout: 9 })
    await changed.administration.updateConfiguration('f', { MemorySize: 256 })
    expect(await changed.administration.getConfiguration('f')).toMatchObject({ Timeout: 9, MemorySize: 256 })
  })

  it.each([
    ['another revision', 'f', { RevisionId: 'x' }, 'PreconditionFailedException'],
    ['a function that is not there', 'g', { Timeout: 1 }, 'ResourceNotFoundException'],
    ['a handler for the built-in function', 'log-indexer', { Handler: 'a.b' }, 'InvalidParameterValueException'],
    ['a variable that Lambda sets', 'f', { Environment: { Variables: { AWS_REGION: 'x' } } }, 'InvalidParameterValueException'],
    ['a time-out that cannot be', 'f', { Timeout: 901 }, 'InvalidParameterValueException'],
  ])('is not changed for %s', async (_, name, request, error) => {
    const { administration } = await open(store())
    await expect(administration.updateConfiguration(name, request)).rejects.toMatchObject({ name: error })
  })
})

describe('concurrency', () => {
  it('is reserved and given back', async () => {
    const { administration, runtime } = await open(store())
    expect(await administration.getConcurrency('f')).toEqual({})
    expect(await administration.putConcurrency('f', 5)).toEqual({ ReservedConcurrentExecutions: 5 })
    expect(runtime.accountStats()).toMatchObject({ unreservedConcurrencyMax: 995 })
    expect(await administration.accountSettings()).toMatchObject({
      AccountLimit: { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 995 },
      AccountUsage: { FunctionCount: 2 },
    })
    expect((await administration.get('f')).Concurrency).toEqual({ ReservedConcurrentExecutions: 5 })
    await expect(administration.putConcurrency('log-indexer', 896)).rejects.toThrow('below its minimum value of [100]')
    await administration.deleteConcurrency('f')
    expect(await administration.getConcurrency('f')).toEqual({})
    expect(runtime.stats().get('f')).toMatchObject({ concurrencyMax: 1_000 })
  })

  it('of the template can be given back too', async () => {
    const { administration } = await open(store(), { reservedConcurrency: 3 })
    expect(await administration.getConcurrency('f')).toEqual({ ReservedConcurrentExecutions: 3 })
    await administration.deleteConcurrency('f')
    expect(await administration.getConcurrency('f')).toEqual({})
  })

  it('is provisioned within what is reserved', async () => {
    const { administration } = await open(store())
    await expect(administration.getProvisionedConcurrency('f')).rejects.toMatchObject({
      name: 'ProvisionedConcurrencyConfigNotFoundException',
    })
    await administration.putConcurrency('f', 2)
    await expect(administration.putProvisionedConcurrency('f', 3)).rejects.toThrow('should not be greater than')
    expect(await administration.putProvisionedConcurrency('f', 2)).toMatchObject({
      RequestedProvisionedConcurrentExecutions: 2,
      AllocatedProvisionedConcurrentExecutions: 0,
      Status: 'IN_PROGRESS',
    })
    await expect(administration.putConcurrency('f', 1)).rejects.toThrow('should not be lower than')
    await administration.deleteProvisionedConcurrency('f')
    await expect(administration.getProvisionedConcurrency('f')).rejects.toMatchObject({ status: 404 })
  })

  it('is changed by several at once without one of them being lost', async () => {
    const resources = store()
    const processes = await Promise.all([open(resources), open(resources), open(resources)])
    await Promise.all([
      processes[0].administration.putConcurrency('f', 7),
      processes[1].administration.updateConfiguration('f', { Timeout: 8 }),
      processes[2].administration.putEventInvokeConfig('f', { MaximumRetryAttempts: 0 }),
    ])
    for (const { administration } of processes) {
      await seen(() => administration.getConcurrency('f'), { ReservedConcurrentExecutions: 7 })
      await seen(async () => (await administration.getConfiguration('f')).Timeout, 8)
      await seen(async () => (await administration.getEventInvokeConfig('f')).MaximumRetryAttempts, 0)
    }
  })
})

describe('asynchronous invocation', () => {
  const settings = (administration: RunningFunctionAdministration) => administration.asyncSettingsOf('f')

  it('has Lambda’s defaults, and what is put over them', async () => {
    const { administration, clock } = await open(store())
    expect(settings(administration)).toEqual({ retriesMax: 2, eventAgeSecondsMax: 21_600, turnedOff: false })
    await expect(administration.getEventInvokeConfig('f')).rejects.toThrow("doesn't have an EventInvokeConfig")
    await expect(administration.updateEventInvokeConfig('f', {})).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    const DestinationConfig = { OnFailure: { Destination: 'kafka://bad' } }
    expect(await administration.putEventInvokeConfig('f', { MaximumRetryAttempts: 1, DestinationConfig })).toEqual({
      MaximumRetryAttempts: 1,
      DestinationConfig,
      FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST',
      LastModified: clock.now() / 1000,
    })
    await administration.updateEventInvokeConfig('f', { MaximumEventAgeInSeconds: 60 })
    await administration.updateConfiguration('f', { DeadLetterConfig: { TargetArn: 'kafka://dead' } })
    await administration.putConcurrency('f', 0)
    expect(settings(administration)).toEqual({
      retriesMax: 1,
      eventAgeSecondsMax: 60,
      turnedOff: true,
      onFailure: 'kafka://bad',
      deadLetterTarget: 'kafka://dead',
    })
    await administration.deleteEventInvokeConfig('f')
    await administration.updateConfiguration('f', { DeadLetterConfig: { TargetArn: '' } })
    expect(settings(administration)).toEqual({ retriesMax: 2, eventAgeSecondsMax: 21_600, turnedOff: true })
    await expect(administration.deleteEventInvokeConfig('f')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })
})

it('keeps the tags of functions, whatever becomes of their settings', async () => {
  const resources = store()
  const { administration } = await open(resources)
  expect(await administration.tags('f')).toEqual({})
  await Promise.all([
    administration.changeTags('f', { set: { team: 'search' } }),
    administration.changeTags('f', { set: { stage: 'test' } }),
  ])
  await administration.changeTags('f', { remove: ['stage'] })
  const { administration: other } = await open(resources, { timeoutSeconds: 9 })
  expect(await other.tags('f')).toEqual({ team: 'search' })
  await expect(other.changeTags('none', { set: {} })).rejects.toThrow('Function not found')
})
