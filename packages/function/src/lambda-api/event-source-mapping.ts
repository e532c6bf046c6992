import type { DestinationConfig } from './destination-config.ts'

/** Seconds since the epoch, with a fraction: how Lambda's API writes and reads a time. */
export type EpochSeconds = number

/** https://docs.aws.amazon.com/lambda/latest/api/API_FilterCriteria.html */
export interface FilterCriteria {
  readonly Filters?: readonly { readonly Pattern?: string }[]
}

/** Kafka brokers outside of AWS: https://docs.aws.amazon.com/lambda/latest/api/API_SelfManagedEventSource.html */
export interface SelfManagedEventSource {
  readonly Endpoints?: { readonly KAFKA_BOOTSTRAP_SERVERS?: readonly string[] }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_SelfManagedKafkaEventSourceConfig.html */
export interface SelfManagedKafkaEventSourceConfig {
  readonly ConsumerGroupId?: string
  /** Share groups (Queue) are not to be had here. */
  readonly ConsumptionMode?: 'Stream' | 'Queue'
}

/** How Kafka is told who this is: https://docs.aws.amazon.com/lambda/latest/api/API_SourceAccessConfiguration.html */
export interface SourceAccessConfiguration {
  readonly Type?: string
  /** Here it names where the secret is: `env:NAME`, `file:/path`. */
  readonly URI?: string
}

/**
 * What a mapping can be told, when it is made and later. Ranges are Lambda's (the gateway checks them); what is left out has Lambda's default at creation, and
 * stays as it is in an update.
 */
export interface EventSourceMappingSettings {
  readonly Enabled?: boolean
  /** Records, 1 to 10,000. */
  readonly BatchSize?: number
  /** 0 to 300. */
  readonly MaximumBatchingWindowInSeconds?: number
  /** 1 to 10. */
  readonly ParallelizationFactor?: number
  /** -1 (for ever) to 604,800. */
  readonly MaximumRecordAgeInSeconds?: number
  /** -1 (for ever) to 10,000. */
  readonly MaximumRetryAttempts?: number
  readonly BisectBatchOnFunctionError?: boolean
  /** 0 (off) to 900. */
  readonly TumblingWindowInSeconds?: number
  readonly FunctionResponseTypes?: readonly 'ReportBatchItemFailures'[]
  readonly FilterCriteria?: FilterCriteria
  /** OnFailure alone. */
  readonly DestinationConfig?: DestinationConfig
  readonly MetricsConfig?: { readonly Metrics?: readonly string[] }
  /** For Kafka topics alone. */
  readonly SourceAccessConfigurations?: readonly SourceAccessConfiguration[]
  /** Parameters that Lambda does not have, by the names of `mappingParametersSchema`. SDK clients do not send it; `millrace mapping` does. */
  readonly Millrace?: Readonly<Record<string, unknown>>
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
export interface CreateEventSourceMappingRequest extends EventSourceMappingSettings {
  /** The plain name: the gateway takes it out of ARNs, and refuses qualifiers other than $LATEST. */
  readonly FunctionName: string
  /** Of a stream: `arn:aws:kinesis:REGION:ACCOUNT:stream/NAME`. Either this, or a `SelfManagedEventSource`. */
  readonly EventSourceArn?: string
  readonly StartingPosition?: StartingPosition
  /** With AT_TIMESTAMP alone. */
  readonly StartingPositionTimestamp?: EpochSeconds
  readonly SelfManagedEventSource?: SelfManagedEventSource
  /** One topic. */
  readonly Topics?: readonly string[]
  readonly SelfManagedKafkaEventSourceConfig?: SelfManagedKafkaEventSourceConfig
  readonly Tags?: Readonly<Record<string, string>>
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html. Where to start is settled once. */
export interface UpdateEventSourceMappingRequest extends EventSourceMappingSettings {
  /** Another function, by its plain name. */
  readonly FunctionName?: string
  /** The group stays what it is: another one is refused. */
  readonly SelfManagedKafkaEventSourceConfig?: SelfManagedKafkaEventSourceConfig
}

export type StartingPosition = 'TRIM_HORIZON' | 'LATEST' | 'AT_TIMESTAMP'

export type EventSourceMappingState = 'Creating' | 'Enabling' | 'Enabled' | 'Disabling' | 'Disabled' | 'Updating' | 'Deleting'

/** A mapping as it stands: https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html */
export interface EventSourceMappingConfiguration extends Omit<EventSourceMappingSettings, 'Enabled'> {
  readonly UUID: string
  /** `arn:aws:lambda:REGION:ACCOUNT:event-source-mapping:UUID` */
  readonly EventSourceMappingArn: string
  readonly FunctionArn: string
  readonly EventSourceArn?: string
  readonly StartingPosition?: StartingPosition
  readonly StartingPositionTimestamp?: EpochSeconds
  readonly SelfManagedEventSource?: SelfManagedEventSource
  readonly Topics?: readonly string[]
  readonly SelfManagedKafkaEventSourceConfig?: SelfManagedKafkaEventSourceConfig
  readonly LastModified: EpochSeconds
  /** `No records processed`, `OK`, or `PROBLEM: …` */
  readonly LastProcessingResult: string
  readonly State: EventSourceMappingState
  /** `User action` for streams. */
  readonly StateTransitionReason: string
}
