import type { EventInvokeSettings, FunctionEventInvokeConfig } from './event-invoke-config.ts'
import type {
  AccountSettings,
  FunctionConcurrency,
  FunctionConfiguration,
  FunctionDescription,
  ProvisionedConcurrencyConfig,
  UpdateFunctionConfigurationRequest,
} from './function-configuration.ts'
import type { TagChange, Tags } from './tags.ts'

/**
 * Functions and their settings, as Lambda's API has them. Functions are named by their plain names. Requests arrive with their types and ranges checked.
 * Whatever names a function that is not there rejects with `ResourceNotFoundException`. A change holds in every process soon after it was answered.
 */
export interface FunctionAdministration {
  /** All of them, in ascending order of their names. */
  list(): Promise<readonly FunctionConfiguration[]>
  get(functionName: string): Promise<FunctionDescription>
  getConfiguration(functionName: string): Promise<FunctionConfiguration>
  /**
   * Invocations that run go on under the old settings. Rejects with `PreconditionFailedException` for another RevisionId, `ResourceConflictException` while an
   * update is in progress, `InvalidParameterValueException` for a setting that this function cannot have (a handler for the built-in one).
   */
  updateConfiguration(functionName: string, request: UpdateFunctionConfigurationRequest): Promise<FunctionConfiguration>

  /** Rejects with `InvalidParameterValueException` where the account has not that much left. */
  putConcurrency(functionName: string, reservedConcurrentExecutions: number): Promise<FunctionConcurrency>
  getConcurrency(functionName: string): Promise<FunctionConcurrency>
  deleteConcurrency(functionName: string): Promise<void>

  /** Rejects with `InvalidParameterValueException` above what is reserved for the function, or what the account has left. */
  putProvisionedConcurrency(functionName: string, provisionedConcurrentExecutions: number): Promise<ProvisionedConcurrencyConfig>
  /** Rejects with `ProvisionedConcurrencyConfigNotFoundException` where there is none. */
  getProvisionedConcurrency(functionName: string): Promise<ProvisionedConcurrencyConfig>
  deleteProvisionedConcurrency(functionName: string): Promise<void>

  /** Replaces all: what is left out has its default again. */
  putEventInvokeConfig(functionName: string, settings: EventInvokeSettings): Promise<FunctionEventInvokeConfig>
  /** What is left out stays. Rejects with `ResourceNotFoundException` where there is none. */
  updateEventInvokeConfig(functionName: string, settings: EventInvokeSettings): Promise<FunctionEventInvokeConfig>
  /** Rejects with `ResourceNotFoundException` where there is none. */
  getEventInvokeConfig(functionName: string): Promise<FunctionEventInvokeConfig>
  /** Rejects with `ResourceNotFoundException` where there is none. */
  deleteEventInvokeConfig(functionName: string): Promise<void>

  tags(functionName: string): Promise<Tags>
  /** Rejects with `InvalidParameterValueException` for too many, and `ResourceConflictException`. */
  changeTags(functionName: string, change: TagChange): Promise<void>

  accountSettings(): Promise<AccountSettings>
}
