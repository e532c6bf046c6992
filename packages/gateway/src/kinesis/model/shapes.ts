import {
  blob,
  boolean,
  integer,
  list,
  map,
  type MapShape,
  string,
  structure,
  type StringShape,
  type StructureShape,
  type Shape,
} from '../../aws/shape.ts'

/** Shapes that several operations share, with the constraints of Kinesis's service model. */
export const streamName: StringShape = string({ min: 1, max: 128, pattern: '[a-zA-Z0-9_.-]+' })
export const streamArnShape: StringShape = string({ min: 1, max: 2048, pattern: String.raw`arn:aws.*:kinesis:.*:\d{12}:stream/\S+` })
export const streamIdShape: StringShape = string({ min: 1, max: 24, pattern: '[a-z0-9]{20}-[a-z0-9]{3}' })
export const shardId: StringShape = string({ min: 1, max: 128, pattern: '[a-zA-Z0-9_.-]+' })
export const consumerName: StringShape = string({ min: 1, max: 128, pattern: '[a-zA-Z0-9_.-]+' })
export const consumerArnShape: StringShape = string({
  min: 1,
  max: 2048,
  pattern: String.raw`(arn):aws.*:kinesis:.*:\d{12}:.*stream\/[a-zA-Z0-9_.-]+\/consumer\/[a-zA-Z0-9_.-]+:[0-9]+`,
})
export const resourceArnShape: StringShape = string({
  min: 1,
  max: 2048,
  pattern: String.raw`arn:aws.*:kinesis:.*:\d{12}:.*(stream|channel|queue)/\S+`,
})
export const hashKey: StringShape = string({ pattern: String.raw`0|([1-9]\d{0,38})` })
export const sequenceNumber: StringShape = string({ pattern: String.raw`0|([1-9]\d{0,128})` })
export const partitionKey: StringShape = string({ min: 1, max: 256 })
export const data: Shape = blob(10_485_760)
export const nextToken: StringShape = string({ min: 1, max: 1_048_576 })
export const tagKey: StringShape = string({ min: 1, max: 128 })
export const tagMap: MapShape = map(tagKey, string({ min: 0, max: 256 }), 1, 200)
export const iteratorType: StringShape = string({
  enum: ['AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER', 'TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP'],
})
export const streamModeDetails: StructureShape = structure({ StreamMode: string({ enum: ['PROVISIONED', 'ON_DEMAND'] }) }, ['StreamMode'])
export const encryptionType: StringShape = string({ enum: ['NONE', 'KMS'] })
export const page: Shape = integer(1, 10_000)
export const dryRun: Shape = boolean

/** How a request names its stream. */
export const streamReference: Readonly<Record<'StreamName' | 'StreamARN' | 'StreamId', StringShape>> = {
  StreamName: streamName,
  StreamARN: streamArnShape,
  StreamId: streamIdShape,
}

/** A structure whose stream is named by any of its names. */
export function onStream(members: Readonly<Record<string, Shape>> = {}, required: readonly string[] = []): StructureShape {
  return structure({ ...streamReference, ...members }, required)
}

export const consumerReference: StructureShape = structure({
  StreamARN: streamArnShape,
  ConsumerName: consumerName,
  ConsumerARN: consumerArnShape,
  StreamId: streamIdShape,
})

/** A structure whose resource is named by its ARN. */
export function onResource(members: Readonly<Record<string, Shape>> = {}, required: readonly string[] = []): StructureShape {
  return structure({ ResourceARN: resourceArnShape, StreamId: streamIdShape, ...members }, ['ResourceARN', ...required])
}

export const keyId: StringShape = string({ min: 1, max: 2048 })

const metrics: readonly string[] = [
  'IncomingBytes',
  'IncomingRecords',
  'OutgoingBytes',
  'OutgoingRecords',
  'WriteProvisionedThroughputExceeded',
  'ReadProvisionedThroughputExceeded',
  'IteratorAgeMilliseconds',
  'ALL',
]

export const enhancedMonitoring: StructureShape = onStream({ ShardLevelMetrics: list(string({ enum: metrics }), 1, 7) }, [
  'ShardLevelMetrics',
])
