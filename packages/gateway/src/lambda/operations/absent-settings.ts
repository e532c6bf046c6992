import { type FunctionConfiguration, ResourceNotFoundException } from '@millrace/function'
import { functionNameOf } from '../function-reference.ts'
import { functionAliasShape, functionVersionsShape, layersShape } from '../model/function-shapes.ts'
import type { StructureShape } from '../../aws/shape.ts'
import { type LambdaOperation, operation } from '../operation.ts'
import type { FunctionReference } from './function-reference-input.ts'

/** A question about a function whose answer is the same for each: the function has to be there. */
function ofFunction(
  name: string,
  path: string,
  answer: (configuration: FunctionConfiguration) => object,
  input: StructureShape = functionVersionsShape,
): LambdaOperation {
  return operation<FunctionReference>({
    name,
    method: 'GET',
    path,
    status: 200,
    input,
    run: async ({ FunctionName, Qualifier }, { functionAdministration }) =>
      answer(await functionAdministration.getConfiguration(functionNameOf(FunctionName, Qualifier))),
  })
}

function empty(name: string, path: string, answer: object): LambdaOperation {
  return operation<object>({ name, method: 'GET', path, status: 200, input: layersShape, run: async () => answer })
}

const notThere = (): never => {
  throw new ResourceNotFoundException('The resource you requested does not exist.')
}

const fn = '/functions/{FunctionName}'

/** What infrastructure tools ask about every function, and there is nothing of here. */
export const absentOperations: readonly LambdaOperation[] = [
  ofFunction('ListAliases', `/2015-03-31${fn}/aliases`, () => ({ Aliases: [] })),
  ofFunction('GetAlias', `/2015-03-31${fn}/aliases/{Name}`, notThere, functionAliasShape),
  ofFunction('GetPolicy', `/2015-03-31${fn}/policy`, notThere),
  ofFunction('GetFunctionUrlConfig', `/2021-10-31${fn}/url`, notThere),
  ofFunction('ListFunctionUrlConfigs', `/2021-10-31${fn}/urls`, () => ({ FunctionUrlConfigs: [] })),
  ofFunction('GetFunctionCodeSigningConfig', `/2020-06-30${fn}/code-signing-config`, ({ FunctionName }) => ({ FunctionName })),
  // Loops are not looked for: nothing is ended.
  ofFunction('GetFunctionRecursionConfig', `/2024-08-31${fn}/recursion-config`, () => ({ RecursiveLoop: 'Allow' })),
  // The Node that Millrace runs on: another one is another start.
  ofFunction('GetRuntimeManagementConfig', `/2021-07-20${fn}/runtime-management-config`, ({ FunctionArn }) => ({
    FunctionArn,
    UpdateRuntimeOn: 'Manual',
  })),
  empty('ListLayers', '/2018-10-31/layers', { Layers: [] }),
  empty('ListLayerVersions', '/2018-10-31/layers/{LayerName}/versions', { LayerVersions: [] }),
  empty('ListCodeSigningConfigs', '/2020-04-22/code-signing-configs', { CodeSigningConfigs: [] }),
]
