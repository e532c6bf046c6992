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

/** The partial batch response of `ReportBatchItemFailures`. */
export interface KinesisStreamBatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[]
}
