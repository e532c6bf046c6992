import { awsRegion } from '@millrace/stream'
import type { ResolvedFunction } from './function-definition.ts'

/** Of the host's variables a Lambda handler sees only these: what programs need to find tools and directories, and none of its secrets. */
const inherited = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'LANG', 'SystemRoot', 'NODE_COMPILE_CACHE'] as const

/** What a handler finds in `process.env`: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
export function environmentVariables(
  fn: ResolvedFunction,
  logStreamName: string,
  provisioned: boolean,
  host: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const { definition } = fn
  const variables: Record<string, string> = {}
  const names = definition.kind === 'native' ? Object.keys(host) : inherited
  for (const name of names) {
    const value = host[name]
    if (value !== undefined) variables[name] = value
  }
  const lambda = definition.kind === 'lambda' ? { _HANDLER: definition.handler, LAMBDA_TASK_ROOT: definition.directory } : {}
  return {
    ...variables,
    ...fn.environment,
    ...lambda,
    AWS_REGION: awsRegion,
    AWS_DEFAULT_REGION: awsRegion,
    AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${process.versions.node.split('.')[0]}.x`,
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memorySizeMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: provisioned ? 'provisioned-concurrency' : 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${fn.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
  }
}
