import type { LambdaOperation } from '../operation.ts'
import { createEventSourceMapping } from './create-event-source-mapping.ts'
import { deleteEventSourceMapping } from './delete-event-source-mapping.ts'
import { deleteFunctionConcurrency } from './delete-function-concurrency.ts'
import { deleteFunctionEventInvokeConfig } from './delete-function-event-invoke-config.ts'
import { deleteProvisionedConcurrencyConfig } from './delete-provisioned-concurrency-config.ts'
import { getAccountSettings } from './get-account-settings.ts'
import { getEventSourceMapping } from './get-event-source-mapping.ts'
import { getFunction } from './get-function.ts'
import { getFunctionConcurrency } from './get-function-concurrency.ts'
import { getFunctionConfiguration } from './get-function-configuration.ts'
import { getFunctionEventInvokeConfig } from './get-function-event-invoke-config.ts'
import { getProvisionedConcurrencyConfig } from './get-provisioned-concurrency-config.ts'
import { listEventSourceMappings } from './list-event-source-mappings.ts'
import { listFunctionEventInvokeConfigs } from './list-function-event-invoke-configs.ts'
import { listFunctions } from './list-functions.ts'
import { putFunctionConcurrency } from './put-function-concurrency.ts'
import { putFunctionEventInvokeConfig } from './put-function-event-invoke-config.ts'
import { putProvisionedConcurrencyConfig } from './put-provisioned-concurrency-config.ts'
import { absentOperations } from './absent-settings.ts'
import { listVersionsByFunction } from './list-versions-by-function.ts'
import { listTags, tagResource, untagResource } from './tags.ts'
import { updateEventSourceMapping } from './update-event-source-mapping.ts'
import { updateFunctionConfiguration } from './update-function-configuration.ts'
import { updateFunctionEventInvokeConfig } from './update-function-event-invoke-config.ts'

/** Every operation of Lambda's API that is here, but Invoke, which answers no document. */
export const lambdaOperations: readonly LambdaOperation[] = [
  createEventSourceMapping,
  getEventSourceMapping,
  listEventSourceMappings,
  updateEventSourceMapping,
  deleteEventSourceMapping,
  listFunctions,
  getFunction,
  getFunctionConfiguration,
  updateFunctionConfiguration,
  putFunctionConcurrency,
  getFunctionConcurrency,
  deleteFunctionConcurrency,
  putProvisionedConcurrencyConfig,
  getProvisionedConcurrencyConfig,
  deleteProvisionedConcurrencyConfig,
  putFunctionEventInvokeConfig,
  updateFunctionEventInvokeConfig,
  getFunctionEventInvokeConfig,
  deleteFunctionEventInvokeConfig,
  listFunctionEventInvokeConfigs,
  listVersionsByFunction,
  tagResource,
  untagResource,
  listTags,
  getAccountSettings,
  ...absentOperations,
]
