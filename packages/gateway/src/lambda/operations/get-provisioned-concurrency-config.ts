import { functionArn, type FunctionAdministration, ProvisionedConcurrencyConfigNotFoundException } from '@millrace/function'
import { functionNameOf } from '../function-reference.ts'
import { getProvisionedConcurrencyShape } from '../model/function-shapes.ts'
import { memberMissing } from '../../aws/validate.ts'
import { type LambdaOperation, operation } from '../operation.ts'
import type { FunctionReference } from './function-reference-input.ts'

/**
 * https://docs.aws.amazon.com/lambda/latest/api/API_GetProvisionedConcurrencyConfig.html and, with `List=ALL` on the same path,
 * https://docs.aws.amazon.com/lambda/latest/api/API_ListProvisionedConcurrencyConfigs.html
 */
export const getProvisionedConcurrencyConfig: LambdaOperation = operation<FunctionReference & { readonly List?: 'ALL' }>({
  name: 'GetProvisionedConcurrencyConfig',
  method: 'GET',
  path: '/2019-09-30/functions/{FunctionName}/provisioned-concurrency',
  status: 200,
  input: getProvisionedConcurrencyShape,
  run: async ({ FunctionName, Qualifier, List }, { functionAdministration }) => {
    if (List === 'ALL') return list(functionNameOf(FunctionName), functionAdministration)
    if (Qualifier === undefined) throw memberMissing('qualifier')
    return functionAdministration.getProvisionedConcurrency(functionNameOf(FunctionName, Qualifier))
  },
})

async function list(name: string, administration: FunctionAdministration): Promise<object> {
  try {
    const config = await administration.getProvisionedConcurrency(name)
    return { ProvisionedConcurrencyConfigs: [{ FunctionArn: `${functionArn(name)}:$LATEST`, ...config }] }
  } catch (error) {
    if (error instanceof ProvisionedConcurrencyConfigNotFoundException) return { ProvisionedConcurrencyConfigs: [] }
    throw error
  }
}
