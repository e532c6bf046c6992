/** The event of a Kinesis event source mapping, as Lambda sends it: the shapes of `@types/aws-lambda`. */
export interface KinesisStreamEvent {
  readonly Records: readonly KinesisStreamRecord[]
}

export interface KinesisStreamRecord {
  readonly kinesis: KinesisStreamRecordPayload
  readonly eventSource: 'aws:kinesis'
  readonly eventVersion: '1.0'
  /** `<shardId>:<sequenceNumber>` */
  readonly eventID: string
  readonly eventName: 'aws:kinesis:record'
  readonly invokeIdentityArn: string
  readonly awsRegion: string
  readonly eventSourceARN: string
}

export interface KinesisStreamRecordPayload {
  readonly kinesisSchemaVersion: '1.0'
  readonly partitionKey: string
  readonly sequenceNumber: string
  /** Base64. */
  readonly data: string
  /** Seconds since the epoch, with a fraction. */
  readonly approximateArrivalTimestamp: number
}

/** The event of a mapping with tumbling windows: https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html */
export interface KinesisTimeWindowEvent extends KinesisStreamEvent {
  /** ISO 8601 in UTC, whole seconds; `end` is exclusive. */
  readonly window: { readonly start: string; readonly end: string }
  /** What the last invocation of the window answered; `{}` for the first one. */
  readonly state: unknown
  readonly shardId: string
  readonly eventSourceARN: string
  /** The window is over: there are no records, and the state is to be brought to where it belongs. */
  readonly isFinalInvokeForWindow: boolean
  /** More records of the window may follow, with a fresh state. */
  readonly isWindowTerminatedEarly: boolean
}

/** What a function answers to an event with a window. Without `state` the invocation has failed. */
export interface KinesisTimeWindowResponse {
  /** At most 1 MB of JSON; more of it ends the window early. */
  readonly state: unknown
  readonly batchItemFailures?: KinesisStreamBatchResponse['batchItemFailures'] | null
}

/** The partial batch response of `ReportBatchItemFailures`. */
export interface KinesisStreamBatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[]
}
