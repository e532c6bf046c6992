import { InvalidParameterValueException } from '@millrace/function'
import { createMemoryStreams, streamArn } from '@millrace/stream'
import { ManualClock } from '@millrace/testing'
import { expect, it } from 'vitest'
import { createEventSourceMappings } from './event-source-mappings.ts'

const request = {
  FunctionName: 'f',
  SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: ['a:9092', 'b:9092'] } },
  Topics: ['orders'],
  StartingPosition: 'LATEST',
} as const

function api() {
  const clock = new ManualClock()
  const streams = createMemoryStreams({ clock })
  let uuids = 0
  return createEventSourceMappings({
    resources: streams.resources,
    streams,
    functions: { names: () => ['f', 'g'], parameterDefaults: () => ({}) },
    destinations: { open: () => ({ deliver: async () => {} }) },
    clock,
    newUuid: () => `uuid-${++uuids}`,
  })
}

it('makes a mapping on a topic, in the words of Lambda', async () => {
  const access = [{ Type: 'SASL_SCRAM_512_AUTH', URI: 'env:KAFKA_SECRET' }]
  const made = await api().create({ ...request, SourceAccessConfigurations: access })
  expect(made).toMatchObject({
    SelfManagedEventSource: request.SelfManagedEventSource,
    Topics: ['orders'],
    SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'uuid-1' },
    SourceAccessConfigurations: access,
    BatchSize: 100,
    StateTransitionReason: 'USER_INITIATED',
  })
  for (const absent of ['EventSourceArn', 'ParallelizationFactor', 'TumblingWindowInSeconds', 'MaximumBatchingWindowInSeconds']) {
    expect(made).not.toHaveProperty(absent)
  }
})

it('retries ten times where an OnFailure destination waits and nothing else is said', async () => {
  const told = await api().create({ ...request, DestinationConfig: { OnFailure: { Destination: streamArn('failed') } } })
  expect(told.MaximumRetryAttempts).toBe(10)
})

it.each([
  [{ EventSourceArn: streamArn('logs') }, /cannot both be given/],
  [{ Topics: undefined }, /exactly one topic/],
  [{ Topics: ['a b'] }, /no name of a Kafka topic/],
  [{ SelfManagedEventSource: {} }, /KAFKA_BOOTSTRAP_SERVERS/],
  [{ SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: ['a'] } } }, /no "host:port"/],
  [{ ParallelizationFactor: 2 }, /ParallelizationFactor is for Kinesis/],
  [{ TumblingWindowInSeconds: 30 }, /TumblingWindowInSeconds is for Kinesis/],
  [{ FilterCriteria: { Filters: [{ Pattern: '{"data":{"a":[1]}}' }] } }, /value alone/],
  [{ SelfManagedKafkaEventSourceConfig: { ConsumptionMode: 'Queue' as const } }, /share group/],
  [{ DestinationConfig: { OnFailure: { Destination: 'kafka://orders' } } }, /own topic/],
  [{ SourceAccessConfigurations: [{ Type: 'VPC_SUBNET', URI: 'subnet' }] }, /VPC_SUBNET cannot be used/],
  [{ SourceAccessConfigurations: [{ Type: 'BASIC_AUTH', URI: 'arn:aws:secretsmanager:x' }] }, /no Secrets Manager here. Give env:NAME/],
  [{ SourceAccessConfigurations: [{ Type: 'BASIC_AUTH', URI: 'system' }] }, /Give env:NAME/],
  [
    {
      SourceAccessConfigurations: [
        { Type: 'BASIC_AUTH', URI: 'env:A' },
        { Type: 'SASL_SCRAM_256_AUTH', URI: 'env:B' },
      ],
    },
    /more than one way/,
  ],
])('refuses %j', async (changes, message) => {
  const error = await api()
    .create({ ...request, ...changes } as Parameters<ReturnType<typeof api>['create']>[0])
    .then(
      () => undefined,
      (reason: unknown) => reason,
    )
  expect(error).toBeInstanceOf(InvalidParameterValueException)
  expect((error as Error).message).toMatch(message)
})

it('keeps groups, and functions of one topic, apart', async () => {
  const mappings = api()
  await mappings.create({ ...request, SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'mine' } })
  await expect(mappings.create(request)).rejects.toThrow(/already exists/)
  const another = { ...request, FunctionName: 'g', SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'mine' } }
  await expect(mappings.create(another)).rejects.toThrow(/consumer group "mine" is that of another mapping/)
})
