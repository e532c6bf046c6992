import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryDirectory } from '@millrace/testing'
import { Server } from '../support/millrace-process.ts'

const handlers = `
export const echo = async (event) => {
  console.log('echoing')
  return event
}
export const fail = async () => {
  throw new TypeError('as asked')
}
`

const template = `Resources:
  Jobs: { Type: AWS::Kinesis::Stream, Properties: { Name: jobs, ShardCount: 1 } }
  Echo: { Type: AWS::Serverless::Function, Properties: { FunctionName: echo, Handler: handlers.echo, CodeUri: app } }
  Fail: { Type: AWS::Serverless::Function, Properties: { FunctionName: fail, Handler: handlers.fail, CodeUri: app } }
`

/** A millrace with the stream `jobs`, the functions `echo` and `fail`, and no mapping. */
export interface LambdaServer extends AsyncDisposable {
  readonly url: string
}

export async function lambdaServer(args: readonly string[] = []): Promise<LambdaServer> {
  const directory = await temporaryDirectory()
  await mkdir(join(directory.path, 'app'))
  await writeFile(join(directory.path, 'app', 'handlers.mjs'), handlers)
  await writeFile(join(directory.path, 'template.yaml'), template)
  const server = await Server.start(join(directory.path, 'data'), ['--template', join(directory.path, 'template.yaml'), ...args])
  return {
    url: server.url,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      await directory[Symbol.asyncDispose]()
    },
  }
}
