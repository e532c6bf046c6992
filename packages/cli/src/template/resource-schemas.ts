import { z } from 'zod'

/** CloudFormation takes numbers and booleans as text too. */
const whole = (minimum: number, maximum: number) =>
  z
    .union([z.number(), z.string().regex(/^\d+$/, 'should be a whole number')])
    .transform(Number)
    .pipe(z.number().int().min(minimum).max(maximum))
const text = z.union([z.string(), z.number(), z.boolean()]).transform(String)
const ignored = z.unknown().optional()

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-kinesis-stream.html */
export const streamProperties = z.strictObject({
  Name: z
    .string()
    .regex(/^[a-zA-Z0-9_.-]{1,128}$/, 'should be 1 to 128 letters, digits, _ . or -')
    .optional(),
  ShardCount: whole(1, 10_000).optional(),
  RetentionPeriodHours: whole(1, 8_760).optional(),
  StreamModeDetails: z.strictObject({ StreamMode: z.enum(['PROVISIONED', 'ON_DEMAND']) }).optional(),
  StreamEncryption: ignored,
  Tags: ignored,
})

/** Type says which of AWS's services it is: here the destination itself does. */
const destination = z.strictObject({ Type: ignored, Destination: z.string().max(350, 'should have 350 characters at most') })

const functionFields = {
  Handler: z
    .string()
    .regex(/^[^\s]+\.[^\s.]+$/, 'should be path/file.export, e.g. src/app.handler')
    .optional(),
  CodeUri: z.string().optional(),
  Runtime: z
    .string()
    .regex(/^nodejs\d+\.x$/, 'should be a nodejs runtime: Millrace runs handlers for Node')
    .optional(),
  Timeout: whole(1, 900).optional(),
  MemorySize: whole(128, 10_240).optional(),
  Environment: z.strictObject({ Variables: z.record(z.string(), text) }).optional(),
  ReservedConcurrentExecutions: whole(0, 1_000).optional(),
  ProvisionedConcurrencyConfig: z.strictObject({ ProvisionedConcurrentExecutions: whole(1, 100_000) }).optional(),
  EventInvokeConfig: z
    .strictObject({
      MaximumRetryAttempts: whole(0, 2).optional(),
      MaximumEventAgeInSeconds: whole(60, 21_600).optional(),
      DestinationConfig: z.strictObject({ OnSuccess: destination.optional(), OnFailure: destination.optional() }).optional(),
    })
    .optional(),
  DeadLetterQueue: z.strictObject({ Type: ignored, TargetArn: z.string() }).optional(),
  Description: z.string().max(256, 'should have 256 characters at most').optional(),
  Role: ignored,
  Policies: ignored,
  PermissionsBoundary: ignored,
  Tracing: ignored,
  Tags: ignored,
  Architectures: ignored,
  EphemeralStorage: ignored,
  LoggingConfig: ignored,
  AutoPublishAlias: ignored,
  SnapStart: ignored,
  VpcConfig: ignored,
}

/** Accepted, since templates carry them, and without a meaning on one's own machines. */
export const ignoredProperties: ReadonlySet<string> = new Set(
  ['Role', 'Policies', 'PermissionsBoundary', 'Tracing', 'Architectures', 'EphemeralStorage', 'LoggingConfig', 'AutoPublishAlias'].concat([
    'SnapStart',
    'VpcConfig',
    'StreamEncryption',
    'KmsKeyArn',
  ]),
)

const accessConfigurations = z.array(z.strictObject({ Type: z.string(), URI: z.string() })).optional()

/** https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-selfmanagedkafka.html */
const kafkaEventProperties = z.looseObject({
  Topics: z.array(z.string()),
  KafkaBootstrapServers: z.array(z.string()),
  ConsumerGroupId: z.string().optional(),
  SourceAccessConfigurations: accessConfigurations,
})

/** https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html */
export const functionProperties = z.strictObject({
  FunctionName: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{1,64}$/, 'should be 1 to 64 letters, digits, _ or -')
    .optional(),
  ...functionFields,
  Events: z
    .record(
      z.string(),
      z.discriminatedUnion(
        'Type',
        [
          z.strictObject({ Type: z.literal('Kinesis'), Properties: z.looseObject({ Stream: z.string() }) }),
          z.strictObject({ Type: z.literal('SelfManagedKafka'), Properties: kafkaEventProperties }),
        ],
        'should be Kinesis or SelfManagedKafka',
      ),
    )
    .optional(),
})

export const globalProperties = z.strictObject({ Function: z.strictObject(functionFields).default({}) })

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-eventsourcemapping.html */
export const mappingProperties = z.looseObject({
  FunctionName: z.string(),
  EventSourceArn: z.string().optional(),
  SelfManagedEventSource: z.strictObject({ Endpoints: z.strictObject({ KafkaBootstrapServers: z.array(z.string()) }) }).optional(),
  Topics: z.array(z.string()).optional(),
  SelfManagedKafkaEventSourceConfig: z.strictObject({ ConsumerGroupId: z.string().optional() }).optional(),
  SourceAccessConfigurations: accessConfigurations,
})

/** What Millrace adds to a function, under the resource's `Metadata`, which AWS ignores. */
export const functionMetadata = z.strictObject({
  /** Invocations at once in one execution environment: for handlers that mostly wait. */
  ConcurrencyPerEnvironment: whole(1, 1_000).optional(),
})

const resourceBase = { DependsOn: ignored, DeletionPolicy: ignored, UpdateReplacePolicy: ignored }

export const resourceSchemas = {
  'AWS::Kinesis::Stream': z.strictObject({
    Type: z.literal('AWS::Kinesis::Stream'),
    Properties: streamProperties.default({}),
    Metadata: z.unknown().optional(),
    ...resourceBase,
  }),
  'AWS::Serverless::Function': z.strictObject({
    Type: z.literal('AWS::Serverless::Function'),
    Properties: functionProperties,
    Metadata: z.looseObject({ Millrace: functionMetadata.optional() }).optional(),
    ...resourceBase,
  }),
  'AWS::Lambda::EventSourceMapping': z.strictObject({
    Type: z.literal('AWS::Lambda::EventSourceMapping'),
    Properties: mappingProperties,
    Metadata: z.unknown().optional(),
    ...resourceBase,
  }),
} as const

export const templateSchema = z.strictObject({
  AWSTemplateFormatVersion: ignored,
  Transform: ignored,
  Description: ignored,
  Metadata: ignored,
  Outputs: ignored,
  Parameters: z.record(z.string(), z.looseObject({ Type: z.string(), Default: text.optional() })).optional(),
  /** Read by `globalProperties`, once references are resolved. */
  Globals: z.record(z.string(), z.unknown()).optional(),
  Resources: z.record(z.string(), z.looseObject({ Type: z.string() })),
})
