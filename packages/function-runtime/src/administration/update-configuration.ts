import { InvalidParameterValueException, type UpdateFunctionConfigurationRequest } from '@millrace/function'
import { changeFunction } from '../function-change.ts'
import { InvalidFunctionError, resolveFunction } from '../function-definition.ts'
import type { ConfigurationOverrides } from './function-overrides.ts'
import type { FunctionEntry } from './settings-table.ts'

/** Variables that Lambda sets itself. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const reservedVariables =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_)?REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_.*|LAMBDA_(TASK_ROOT|RUNTIME_DIR))$/

/** What is overridden after an update. Throws `InvalidParameterValueException` for what this function cannot have. */
export function configurationOverrides(
  { definition, overrides, settings }: FunctionEntry,
  request: Omit<UpdateFunctionConfigurationRequest, 'RevisionId'>,
): ConfigurationOverrides {
  const { Environment, ...change } = request
  if (definition.kind === 'native' && change.Handler !== undefined) {
    throw new InvalidParameterValueException(`"${definition.name}" is a part of Millrace: its handler cannot be another one.`)
  }
  const variables = Environment?.Variables
  for (const name of Object.keys(variables ?? {})) {
    if (reservedVariables.test(name)) {
      throw new InvalidParameterValueException(
        `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${name}`,
      )
    }
  }
  try {
    changeFunction(resolveFunction(definition), {
      ...settings,
      ...(change.Timeout === undefined ? {} : { timeoutSeconds: change.Timeout }),
      ...(change.MemorySize === undefined ? {} : { memorySizeMb: change.MemorySize }),
    })
  } catch (error) {
    if (error instanceof InvalidFunctionError) throw new InvalidParameterValueException(error.message)
    throw error
  }
  const environment = Environment === undefined ? {} : { Environment: variables ?? {} }
  return { ...overrides?.configuration, ...change, ...environment }
}
