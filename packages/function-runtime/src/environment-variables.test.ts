import { expect, it } from 'vitest'
import { environmentVariables } from './environment-variables.ts'
import { resolveFunction } from './function-definition.ts'

const host = { PATH: '/bin', AWS_SECRET_ACCESS_KEY: 'secret', UNSET: undefined }

it("gives a Lambda handler Lambda's variables and its own, and none of the host's secrets", () => {
  const fn = resolveFunction({
    kind: 'lambda',
    name: 'f',
    directory: '/d',
    handler: 'a.b',
    environment: { TABLE: 't', AWS_REGION: 'mine' },
  })
  expect(environmentVariables(fn, 'stream', false, host)).toMatchObject({
    PATH: '/bin',
    TABLE: 't',
    AWS_REGION: 'us-east-1',
    AWS_LAMBDA_FUNCTION_NAME: 'f',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_STREAM_NAME: 'stream',
    LAMBDA_TASK_ROOT: '/d',
    _HANDLER: 'a.b',
  })
  expect(environmentVariables(fn, 'stream', true, host)).not.toHaveProperty('AWS_SECRET_ACCESS_KEY')
})
