import type { LambdaOperation } from './operation.ts'

/** An operation of Lambda's that is not here, and the sentence that says why and what to do. */
export interface RefusedOperation extends Pick<LambdaOperation, 'name' | 'method' | 'path'> {
  readonly reason: string
}

const code = 'Functions and their code come from the template (millrace up --template template.yaml): change it and start again.'
const versions = 'There are no published versions and no aliases: invoke $LATEST.'
const layers = 'There are no layers: a function runs from its directory; put what it needs there.'
const policies = 'There are no resource policies: who is let in is said with API keys.'
const urls = 'There are no function URLs: invoke the function over this API.'

const signing = 'There is no code signing: code comes from the template.'
const recursion = 'Recursive loops are not looked for.'
const runtimes = 'The runtime is the Node that Millrace runs on.'

const fn = '/functions/{FunctionName}'

function refuse(reason: string, ...operations: readonly (readonly [string, LambdaOperation['method'], string])[]): RefusedOperation[] {
  return operations.map(([name, method, path]) => ({ name, method, path, reason }))
}

export const refusedOperations: readonly RefusedOperation[] = [
  ...refuse(
    code,
    ['CreateFunction', 'POST', '/2015-03-31/functions'],
    ['DeleteFunction', 'DELETE', `/2015-03-31${fn}`],
    ['UpdateFunctionCode', 'PUT', `/2015-03-31${fn}/code`],
  ),
  ...refuse(
    versions,
    ['PublishVersion', 'POST', `/2015-03-31${fn}/versions`],
    ['CreateAlias', 'POST', `/2015-03-31${fn}/aliases`],
    ['UpdateAlias', 'PUT', `/2015-03-31${fn}/aliases/{Name}`],
    ['DeleteAlias', 'DELETE', `/2015-03-31${fn}/aliases/{Name}`],
  ),
  ...refuse(layers, ['PublishLayerVersion', 'POST', '/2018-10-31/layers/{LayerName}/versions']),
  ...refuse(
    policies,
    ['AddPermission', 'POST', `/2015-03-31${fn}/policy`],
    ['RemovePermission', 'DELETE', `/2015-03-31${fn}/policy/{StatementId}`],
  ),
  ...refuse(
    urls,
    ['CreateFunctionUrlConfig', 'POST', `/2021-10-31${fn}/url`],
    ['InvokeWithResponseStream', 'POST', `/2021-11-15${fn}/response-streaming-invocations`],
  ),
  ...refuse(
    signing,
    ['CreateCodeSigningConfig', 'POST', '/2020-04-22/code-signing-configs'],
    ['PutFunctionCodeSigningConfig', 'PUT', `/2020-06-30${fn}/code-signing-config`],
  ),
  ...refuse(recursion, ['PutFunctionRecursionConfig', 'PUT', `/2024-08-31${fn}/recursion-config`]),
  ...refuse(runtimes, ['PutRuntimeManagementConfig', 'PUT', `/2021-07-20${fn}/runtime-management-config`]),
  ...refuse('Invoke with InvocationType Event instead.', ['InvokeAsync', 'POST', `/2014-11-13${fn}/invoke-async`]),
]
