import { arn, destination, namespacedFunctionName, paging, tags } from './common-shapes.ts'
import { boolean, document, integer, list, type Shape, string, structure, type StructureShape, timestamp } from '../../aws/shape.ts'

const uri = string({ min: 1, max: 200, pattern: String.raw`[ a-zA-Z0-9-\/*:_+=.@-]*` })

const settings = {
  FunctionName: namespacedFunctionName,
  Enabled: boolean,
  BatchSize: integer(1, 10_000),
  MaximumBatchingWindowInSeconds: integer(0, 300),
  ParallelizationFactor: integer(1, 10),
  MaximumRecordAgeInSeconds: integer(-1, 604_800),
  MaximumRetryAttempts: integer(-1, 10_000),
  BisectBatchOnFunctionError: boolean,
  TumblingWindowInSeconds: integer(0, 900),
  FunctionResponseTypes: list(string({ enum: ['ReportBatchItemFailures'] }), 0, 1),
  FilterCriteria: structure({ Filters: list(structure({ Pattern: string({ max: 4096 }) })) }),
  DestinationConfig: structure({ OnFailure: destination }, [], {
    OnSuccess: 'DestinationConfig.OnSuccess is not for event source mappings: they have OnFailure alone.',
  }),
  MetricsConfig: structure({ Metrics: list(string({ enum: ['EventCount', 'ErrorCount', 'KafkaMetrics'] }), 0, 3) }),
  SourceAccessConfigurations: list(
    structure({
      Type: string({
        enum: [
          'BASIC_AUTH',
          'VPC_SUBNET',
          'VPC_SECURITY_GROUP',
          'SASL_SCRAM_512_AUTH',
          'SASL_SCRAM_256_AUTH',
          'VIRTUAL_HOST',
          'CLIENT_CERTIFICATE_TLS_AUTH',
          'SERVER_ROOT_CA_CERTIFICATE',
          'OAUTHBEARER_AUTH',
          'OAUTHBEARER_SCOPE',
          'OAUTHBEARER_AUDIENCE',
          'OAUTHBEARER_LOGICAL_CLUSTER',
          'OAUTHBEARER_IDENTITY_POOL',
          'IAM_AUTH',
          'IAM_OAUTHBEARER_AUTH',
        ],
      }),
      URI: uri,
    }),
    0,
    23,
  ),
  SelfManagedKafkaEventSourceConfig: structure({ ConsumerGroupId: uri, ConsumptionMode: string({ enum: ['Stream', 'Queue'] }) }, [], {
    SchemaRegistryConfig: 'SchemaRegistryConfig cannot be used: records come to the function as they are.',
  }),
  Millrace: document,
} as const satisfies Readonly<Record<string, Shape>>

const endpoint = string({
  min: 1,
  max: 300,
  pattern: String.raw`(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\-]*[a-zA-Z0-9])\.)*([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9\-]*[A-Za-z0-9]):[0-9]{1,5}`,
})

/** As Lambda refuses them for a stream. */
const ofOtherSources = {
  Queues: 'Queues is for Amazon MQ.',
  ScalingConfig: 'ScalingConfig is for Amazon SQS; a stream has at most ParallelizationFactor invocations a shard.',
  ProvisionedPollerConfig: 'ProvisionedPollerConfig cannot be used: shards and partitions are shared out among the processes that run.',
  AmazonManagedKafkaEventSourceConfig: 'AmazonManagedKafkaEventSourceConfig is for Amazon MSK.',
  DocumentDBEventSourceConfig: 'DocumentDBEventSourceConfig is for Amazon DocumentDB.',
  LoggingConfig: 'LoggingConfig cannot be used: what a mapping has to say is in the log of the process.',
  KMSKeyArn: 'KMSKeyArn cannot be used: there is no KMS here, filter criteria are kept as they are.',
} as const

const uuid = string({ min: 36, max: 36 })

export const createEventSourceMappingShape: StructureShape = structure(
  {
    ...settings,
    EventSourceArn: arn,
    StartingPosition: string({ enum: ['LATEST', 'AT_TIMESTAMP', 'TRIM_HORIZON'] }),
    StartingPositionTimestamp: timestamp,
    SelfManagedEventSource: structure({ Endpoints: structure({ KAFKA_BOOTSTRAP_SERVERS: list(endpoint, 1, 10) }) }),
    Topics: list(string({ min: 1, max: 249, pattern: String.raw`[^.]([a-zA-Z0-9\-_.]+)` }), 1, 1),
    Tags: tags,
  },
  ['FunctionName'],
  ofOtherSources,
)

export const updateEventSourceMappingShape: StructureShape = structure({ ...settings, UUID: uuid }, ['UUID'], ofOtherSources)

export const eventSourceMappingIdShape: StructureShape = structure({ UUID: uuid }, ['UUID'])

export const listEventSourceMappingsShape: StructureShape = structure({
  EventSourceArn: arn,
  FunctionName: namespacedFunctionName,
  ...paging,
})
