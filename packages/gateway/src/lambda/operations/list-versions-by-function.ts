import { functionNameOf } from '../function-reference.ts'
import { functionVersionsShape } from '../model/function-shapes.ts'
import { type LambdaOperation, operation } from '../operation.ts'
import type { FunctionReference } from './function-reference-input.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListVersionsByFunction.html: one, since nothing is published here. */
export const listVersionsByFunction: LambdaOperation = operation<FunctionReference>({
  name: 'ListVersionsByFunction',
  method: 'GET',
  path: '/2015-03-31/functions/{FunctionName}/versions',
  status: 200,
  input: functionVersionsShape,
  run: async ({ FunctionName }, { functionAdministration }) => {
    const configuration = await functionAdministration.getConfiguration(functionNameOf(FunctionName))
    return { Versions: [{ ...configuration, FunctionArn: `${configuration.FunctionArn}:${configuration.Version}` }] }
  },
})
