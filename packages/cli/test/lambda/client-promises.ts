import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  DeleteEventSourceMappingCommand,
  DeleteFunctionConcurrencyCommand,
  DeleteFunctionEventInvokeConfigCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  GetAccountSettingsCommand,
  GetEventSourceMappingCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  GetProvisionedConcurrencyConfigCommand,
  InvokeCommand,
  LambdaClient,
  type LambdaServiceException,
  ListEventSourceMappingsCommand,
  ListFunctionEventInvokeConfigsCommand,
  ListFunctionsCommand,
  ListProvisionedConcurrencyConfigsCommand,
  ListTagsCommand,
  ListVersionsByFunctionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  PutProvisionedConcurrencyConfigCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
  UpdateFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LambdaServer, lambdaServer } from './lambda-server.ts'
import { runBoto3 } from './boto3.ts'

const EventSourceArn = 'arn:aws:kinesis:us-east-1:000000000000:stream/jobs'
const absent = '14e0db71-5d35-4eb5-b481-8945cf9d10c2'
const latest = { Qualifier: '$LATEST' } as const

/** What AWS's own clients can do with a millrace, whatever it stands on. */
export function describeLambdaClients(name: string, args: () => readonly string[]): void {
  describe(`AWS's clients of Lambda, ${name}`, () => {
    let server: LambdaServer
    let client: LambdaClient
    beforeAll(async () => {
      server = await lambdaServer(args())
      client = new LambdaClient({
        endpoint: server.url,
        region: 'us-east-1',
        credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
        maxAttempts: 1,
      })
    })
    afterAll(async () => {
      client?.destroy()
      await server?.[Symbol.asyncDispose]()
    })

    /** Polls until the mapping is in that state. */
    async function reached(UUID: string, state: string): Promise<void> {
      for (;;) {
        const { State } = await client.send(new GetEventSourceMappingCommand({ UUID }))
        if (State === state) return
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }

    it('invoke', async () => {
      const Payload = '{"a":1}'
      const answer = await client.send(new InvokeCommand({ FunctionName: 'echo', Payload, LogType: 'Tail' }))
      expect([answer.StatusCode, answer.ExecutedVersion, answer.Payload?.transformToString()]).toEqual([200, '$LATEST', '{"a":1}'])
      expect(Buffer.from(answer.LogResult ?? '', 'base64').toString()).toMatch(/echoing[^]*REPORT RequestId/)
      const failed = await client.send(new InvokeCommand({ FunctionName: 'function:fail:$LATEST' }))
      expect([failed.StatusCode, failed.FunctionError]).toEqual([200, 'Unhandled'])
      expect(failed.Payload?.transformToString()).toContain('"errorMessage":"as asked"')
      expect((await client.send(new InvokeCommand({ FunctionName: 'echo', Payload, InvocationType: 'DryRun' }))).StatusCode).toBe(204)
      expect((await client.send(new InvokeCommand({ FunctionName: 'echo', Payload, InvocationType: 'Event' }))).StatusCode).toBe(202)
      await refused(client.send(new InvokeCommand({ FunctionName: 'none' })), 'ResourceNotFoundException', 404)
      await refused(client.send(new InvokeCommand({ FunctionName: 'echo', Payload: '{' })), 'InvalidRequestContentException', 400)
      const large = JSON.stringify('x'.repeat(6 * 1024 * 1024))
      await refused(client.send(new InvokeCommand({ FunctionName: 'echo', Payload: large })), 'RequestTooLargeException', 413)
      const event = { InvocationType: 'Event', Payload: JSON.stringify('x'.repeat(1024 * 1024)) } as const
      await refused(client.send(new InvokeCommand({ FunctionName: 'echo', ...event })), 'RequestTooLargeException', 413)
    })

    it('map streams to functions', async () => {
      const request = { EventSourceArn, FunctionName: 'echo', StartingPosition: 'TRIM_HORIZON', BatchSize: 5 } as const
      const created = await client.send(new CreateEventSourceMappingCommand(request))
      const UUID = created.UUID as string
      expect(created).toMatchObject({
        $metadata: { httpStatusCode: 202 },
        EventSourceArn,
        FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:echo',
        EventSourceMappingArn: `arn:aws:lambda:us-east-1:000000000000:event-source-mapping:${UUID}`,
        State: 'Creating',
        StateTransitionReason: 'User action',
        LastProcessingResult: 'No records processed',
        StartingPosition: 'TRIM_HORIZON',
        BatchSize: 5,
        MaximumRetryAttempts: -1,
        MaximumRecordAgeInSeconds: -1,
        MaximumBatchingWindowInSeconds: 0,
        ParallelizationFactor: 1,
        FunctionResponseTypes: [],
      })
      expect(created.LastModified).toBeInstanceOf(Date)
      await refused(client.send(new CreateEventSourceMappingCommand(request)), 'ResourceConflictException', 409)
      await reached(UUID, 'Enabled')

      const updated = await client.send(new UpdateEventSourceMappingCommand({ UUID, BatchSize: 7, Enabled: false }))
      expect([updated.$metadata.httpStatusCode, updated.BatchSize]).toEqual([202, 7])
      await reached(UUID, 'Disabled')
      await client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }))
      await reached(UUID, 'Enabled')

      const second = await client.send(new CreateEventSourceMappingCommand({ ...request, FunctionName: 'fail', Enabled: false }))
      await reached(second.UUID as string, 'Disabled')
      const { EventSourceMappings: page = [], NextMarker: Marker } = await client.send(new ListEventSourceMappingsCommand({ MaxItems: 1 }))
      const { EventSourceMappings: rest = [] } = await client.send(new ListEventSourceMappingsCommand({ Marker }))
      expect([page.length, new Set([...page, ...rest].map((mapping) => mapping.UUID))]).toEqual([1, new Set([UUID, second.UUID])])
      const { EventSourceMappings: ofEcho = [] } = await client.send(
        new ListEventSourceMappingsCommand({ FunctionName: 'echo', EventSourceArn }),
      )
      expect(ofEcho.map((mapping) => mapping.UUID)).toEqual([UUID])

      const deleted = await client.send(new DeleteEventSourceMappingCommand({ UUID }))
      expect([deleted.$metadata.httpStatusCode, deleted.State]).toEqual([202, 'Deleting'])
      await client.send(new DeleteEventSourceMappingCommand({ UUID: second.UUID }))
      while (((await client.send(new ListEventSourceMappingsCommand({}))).EventSourceMappings ?? []).length > 0) {
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    })

    it('are told what is wrong with a mapping', async () => {
      const request = { EventSourceArn, FunctionName: 'echo', StartingPosition: 'LATEST' } as const
      const create = (changes: object): Promise<unknown> => client.send(new CreateEventSourceMappingCommand({ ...request, ...changes }))
      await refused(create({ BatchSize: 10_001 }), 'ValidationException', 400, "Value '10001' at 'batchSize' failed to satisfy constraint")
      await refused(create({ StartingPosition: 'AT_TIMESTAMP' }), 'InvalidParameterValueException', 400, 'StartingPositionTimestamp')
      await refused(create({ EventSourceArn: `${EventSourceArn}-none` }), 'InvalidParameterValueException', 400, 'jobs-none')
      await refused(create({ FunctionName: 'none' }), 'ResourceNotFoundException', 404, 'none')
      await refused(create({ ScalingConfig: { MaximumConcurrency: 2 } }), 'InvalidParameterValueException', 400, 'Amazon SQS')
      await refused(client.send(new GetEventSourceMappingCommand({ UUID: absent })), 'ResourceNotFoundException', 404)
      await refused(client.send(new UpdateEventSourceMappingCommand({ UUID: absent, BatchSize: 1 })), 'ResourceNotFoundException', 404)
      await refused(client.send(new DeleteEventSourceMappingCommand({ UUID: absent })), 'ResourceNotFoundException', 404)
    })

    it('tag functions and mappings', async () => {
      const { Versions = [] } = await client.send(new ListVersionsByFunctionCommand({ FunctionName: 'echo' }))
      expect(Versions.map(({ Version }) => Version)).toEqual(['$LATEST'])
      const { EventSourceMappings = [] } = await client.send(new ListEventSourceMappingsCommand({}))
      const { FunctionArn } = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'echo' }))
      for (const Resource of [FunctionArn, EventSourceMappings[0]?.EventSourceMappingArn]) {
        if (Resource === undefined) continue
        await client.send(new TagResourceCommand({ Resource, Tags: { team: 'search', 'cost centre': '7' } }))
        await client.send(new UntagResourceCommand({ Resource, TagKeys: ['cost centre'] }))
        expect((await client.send(new ListTagsCommand({ Resource }))).Tags).toEqual({ team: 'search' })
      }
      expect((await client.send(new GetFunctionCommand({ FunctionName: 'echo' }))).Tags).toEqual({ team: 'search' })
    })

    it('look at functions, and set them', async () => {
      const { Functions = [] } = await client.send(new ListFunctionsCommand({}))
      expect(Functions.map((fn) => fn.FunctionName)).toEqual(['echo', 'fail', 'log-indexer'])
      const described = await client.send(new GetFunctionCommand({ FunctionName: 'echo' }))
      expect(described.Configuration).toMatchObject({ FunctionName: 'echo', Handler: 'handlers.echo', State: 'Active', Timeout: 3 })
      const changed = await client.send(
        new UpdateFunctionConfigurationCommand({ FunctionName: 'echo', Timeout: 9, Environment: { Variables: { TONE: 'low' } } }),
      )
      expect(changed.RevisionId).not.toBe(described.Configuration?.RevisionId)
      const configuration = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'echo' }))
      expect(configuration).toMatchObject({ Timeout: 9, Environment: { Variables: { TONE: 'low' } } })

      const stale = new UpdateFunctionConfigurationCommand({ FunctionName: 'echo', RevisionId: absent, Timeout: 4 })
      await refused(client.send(stale), 'PreconditionFailedException', 412)
      const slow = new UpdateFunctionConfigurationCommand({ FunctionName: 'echo', Timeout: 901 })
      await refused(client.send(slow), 'ValidationException', 400, "'901' at 'timeout'")
      await refused(client.send(new GetFunctionCommand({ FunctionName: 'none' })), 'ResourceNotFoundException', 404)
      await refused(client.send(new GetFunctionConfigurationCommand({ FunctionName: 'echo:live' })), 'ResourceNotFoundException', 404)
      const upload = new CreateFunctionCommand({
        FunctionName: 'new',
        Role: 'arn:aws:iam::000000000000:role/r',
        Code: { ZipFile: new Uint8Array(1) },
      })
      await refused(client.send(upload), 'UnsupportedOperationException', 400, 'template')
    })

    it('reserve and provision concurrency', async () => {
      const FunctionName = 'echo'
      await client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 5 }))
      expect(await client.send(new GetFunctionConcurrencyCommand({ FunctionName }))).toMatchObject({ ReservedConcurrentExecutions: 5 })
      const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}))
      expect(AccountLimit).toMatchObject({ ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 995 })
      const tooMuch = new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 100_000 })
      await refused(client.send(tooMuch), 'InvalidParameterValueException', 400)
      const put = await client.send(
        new PutProvisionedConcurrencyConfigCommand({ FunctionName, ...latest, ProvisionedConcurrentExecutions: 1 }),
      )
      expect([put.$metadata.httpStatusCode, put.RequestedProvisionedConcurrentExecutions]).toEqual([202, 1])
      const got = await client.send(new GetProvisionedConcurrencyConfigCommand({ FunctionName, ...latest }))
      expect(got.RequestedProvisionedConcurrentExecutions).toBe(1)
      const { ProvisionedConcurrencyConfigs } = await client.send(new ListProvisionedConcurrencyConfigsCommand({ FunctionName }))
      expect(ProvisionedConcurrencyConfigs).toHaveLength(1)
      await client.send(new DeleteProvisionedConcurrencyConfigCommand({ FunctionName, ...latest }))
      const gone = client.send(new GetProvisionedConcurrencyConfigCommand({ FunctionName, ...latest }))
      await refused(gone, 'ProvisionedConcurrencyConfigNotFoundException', 404)
      await client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }))
      const off = await refused(client.send(new InvokeCommand({ FunctionName })), 'TooManyRequestsException', 429)
      expect(off).toMatchObject({ Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded', retryAfterSeconds: '1' })
      await client.send(new DeleteFunctionConcurrencyCommand({ FunctionName }))
      expect((await client.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions).toBeUndefined()
    })

    it('set what becomes of events', async () => {
      const FunctionName = 'fail'
      await refused(client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName })), 'ResourceNotFoundException', 404)
      await client.send(new PutFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 0 }))
      await client.send(new UpdateFunctionEventInvokeConfigCommand({ FunctionName, MaximumEventAgeInSeconds: 60 }))
      const config = await client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName }))
      expect(config).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 })
      expect(config.LastModified).toBeInstanceOf(Date)
      const { FunctionEventInvokeConfigs } = await client.send(new ListFunctionEventInvokeConfigsCommand({ FunctionName }))
      expect(FunctionEventInvokeConfigs).toHaveLength(1)
      const tooOften = new PutFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 3 })
      await refused(client.send(tooOften), 'ValidationException', 400)
      await client.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName }))
      await refused(client.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName })), 'ResourceNotFoundException', 404)
    })

    it('are boto3 as well', async (context) => {
      const outcome = await runBoto3(server.url)
      if ('missing' in outcome) return context.skip(outcome.missing)
      expect(outcome.lines).toEqual([])
    }, 180_000)
  })
}

/** Expects an error that the client knows by name; answers it. */
async function refused(call: Promise<unknown>, name: string, status: number, message = ''): Promise<LambdaServiceException> {
  const error = await call.then(
    () => {
      throw new Error(`Expected ${name}.`)
    },
    (rejected: LambdaServiceException) => rejected,
  )
  expect([error.name, error.$metadata?.httpStatusCode]).toEqual([name, status])
  expect(error.message).toContain(message)
  return error
}
