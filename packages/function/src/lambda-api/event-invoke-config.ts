import type { DestinationConfig } from './destination-config.ts'
import type { EpochSeconds } from './event-source-mapping.ts'

/** What asynchronous invocation of a function can be told. */
export interface EventInvokeSettings {
  /** 0 to 2; 2 where nothing is said. */
  readonly MaximumRetryAttempts?: number
  /** 60 to 21,600; 21,600 where nothing is said. */
  readonly MaximumEventAgeInSeconds?: number
  readonly DestinationConfig?: DestinationConfig
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_FunctionEventInvokeConfig.html */
export interface FunctionEventInvokeConfig extends EventInvokeSettings {
  readonly FunctionArn: string
  readonly LastModified: EpochSeconds
}
