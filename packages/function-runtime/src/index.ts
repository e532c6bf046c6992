export * from './clock.ts'
export type {
  FunctionDefinition,
  FunctionSettings,
  LambdaFunctionDefinition,
  NativeFunctionDefinition,
  ResolvedFunction,
} from './function-definition.ts'
export { InvalidFunctionError } from './function-definition.ts'
export type { FunctionRuntime, FunctionRuntimeOptions } from './function-runtime.ts'
export { createFunctionRuntime } from './function-runtime.ts'
export type { FunctionStats } from './function-meter.ts'
export type { AccountStats } from './function-stats.ts'
export type { FunctionChange } from './function-change.ts'
export type { DurationSummary } from './duration-histogram.ts'
export type { FunctionLogLine } from './invocation.ts'
export { InvalidPermitError } from './permit.ts'
export { createLocalCoordination } from './local-coordination.ts'
export { payloadBytes } from './payload-size.ts'
export type { AsyncInvocations, AsyncInvocationsOptions } from './asynchronous/async-invocations.ts'
export { asyncPayloadBytesMax, createAsyncInvocations } from './asynchronous/async-invocations.ts'
export type { AsyncLimits } from './asynchronous/async-context.ts'
export type { AsyncSettings } from './asynchronous/async-settings.ts'
export { asyncDefaults } from './asynchronous/async-settings.ts'
export type { AsyncStats } from './asynchronous/async-stats.ts'
export type { AsyncCondition, AsyncInvocationRecord } from './asynchronous/invocation-record.ts'
export type { FunctionAdministrationOptions, RunningFunctionAdministration } from './administration/administration.ts'
export { createFunctionAdministration } from './administration/administration.ts'
export type { ProvisionedEnvironments } from './function-pool.ts'
export type { CodeWatchOptions } from './code/code-watch.ts'
export { CodeWatch } from './code/code-watch.ts'
