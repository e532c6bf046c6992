/** A function as it stands: https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html, as far as it can be meant here. */
export interface FunctionConfiguration {
  readonly FunctionName: string
  readonly FunctionArn: string
  /** `nodejs24.x`: the Node that runs here. */
  readonly Runtime: string
  readonly Role: string
  readonly Handler: string
  /** Bytes of the handler's files. */
  readonly CodeSize: number
  readonly Description: string
  /** Seconds. */
  readonly Timeout: number
  /** MB. */
  readonly MemorySize: number
  /** `2026-11-21T13:11:34.000+0000` */
  readonly LastModified: string
  /** Base64 of the SHA-256 of the handler's files. */
  readonly CodeSha256: string
  readonly Version: '$LATEST'
  readonly Environment?: { readonly Variables: Readonly<Record<string, string>> }
  readonly DeadLetterConfig?: DeadLetterConfig
  /** Another one after every change. */
  readonly RevisionId: string
  readonly State: 'Pending' | 'Active' | 'Inactive' | 'Failed'
  readonly StateReason?: string
  readonly StateReasonCode?: string
  readonly LastUpdateStatus: 'Successful' | 'Failed' | 'InProgress'
  readonly LastUpdateStatusReason?: string
  readonly LastUpdateStatusReasonCode?: string
  readonly PackageType: 'Zip'
  readonly Architectures: readonly ('x86_64' | 'arm64')[]
}

/** Where events go that asynchronous invocation gave up. */
export interface DeadLetterConfig {
  /** Empty for none. */
  readonly TargetArn?: string
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html. What is left out stays as it is. */
export interface UpdateFunctionConfigurationRequest {
  readonly Description?: string
  readonly Handler?: string
  /** Seconds, 1 to 900. */
  readonly Timeout?: number
  /** MB, 128 to 10,240. */
  readonly MemorySize?: number
  /** Replaces all variables. */
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> }
  readonly DeadLetterConfig?: DeadLetterConfig
  /** The change is refused unless this is the present one. */
  readonly RevisionId?: string
}

/** A function and what belongs to it: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html */
export interface FunctionDescription {
  readonly Configuration: FunctionConfiguration
  /** Where the code is: `file://` and the directory. */
  readonly Code: { readonly RepositoryType: string; readonly Location: string }
  readonly Tags?: Readonly<Record<string, string>>
  /** Where concurrency is reserved. */
  readonly Concurrency?: FunctionConcurrency
}

/** Left out where nothing is reserved; 0 turns the function off. */
export interface FunctionConcurrency {
  readonly ReservedConcurrentExecutions?: number
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetProvisionedConcurrencyConfig.html */
export interface ProvisionedConcurrencyConfig {
  readonly RequestedProvisionedConcurrentExecutions: number
  /** Initialised, busy or not. */
  readonly AllocatedProvisionedConcurrentExecutions: number
  /** Initialised and idle. */
  readonly AvailableProvisionedConcurrentExecutions: number
  readonly Status: 'IN_PROGRESS' | 'READY' | 'FAILED'
  /** Of FAILED. */
  readonly StatusReason?: string
  /** As `LastModified` of a function. */
  readonly LastModified: string
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html */
export interface AccountSettings {
  readonly AccountLimit: {
    /** Bytes. There is no limit on code here: the size of the disk. */
    readonly TotalCodeSize: number
    readonly CodeSizeUnzipped: number
    readonly CodeSizeZipped: number
    readonly ConcurrentExecutions: number
    /** What no function has reserved. */
    readonly UnreservedConcurrentExecutions: number
  }
  readonly AccountUsage: { readonly TotalCodeSize: number; readonly FunctionCount: number }
}
