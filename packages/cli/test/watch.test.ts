import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryDirectory } from '@millrace/testing'
import { expect, it } from 'vitest'
import { Server } from './support/millrace-process.ts'

it('up --watch runs what was edited: a handler, a file that it imports, a broken one, and the mended one', async () => {
  await using directory = await temporaryDirectory()
  const code = async (file: string, text: string): Promise<void> => writeFile(join(directory.path, 'app', file), text)
  await mkdir(join(directory.path, 'app', 'lib'), { recursive: true })
  await code('lib/word.ts', "export const word: string = 'one'")
  await code('index.ts', "import { word } from './lib/word.ts'\nexport const handler = async (): Promise<string> => word")
  await code('package.json', '{"type":"module"}')
  const template = join(directory.path, 'template.yaml')
  await writeFile(
    template,
    'Resources:\n  F: { Type: AWS::Serverless::Function, Properties: { FunctionName: f, Handler: index.handler, CodeUri: app } }\n',
  )
  await using server = await Server.start(join(directory.path, 'data'), ['--template', template, '--watch'])
  const answer = async (): Promise<unknown> =>
    (await fetch(`${server.url}/2015-03-31/functions/f/invocations`, { method: 'POST', body: '{}' })).json()
  const becomes = async (expected: unknown): Promise<void> => {
    for (let found = await answer(); ; found = await answer()) {
      if (JSON.stringify(found).includes(JSON.stringify(expected))) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  expect(await answer()).toBe('one')
  await code('lib/word.ts', "export const word: string = 'second'")
  await becomes('second')
  await code('index.ts', 'export const handler = async () => {')
  await becomes('Runtime.UserCodeSyntaxError')
  await code('index.ts', "export const handler = async (): Promise<string> => 'mended'")
  await becomes('mended')
  const { functions } = (await (await fetch(`${server.url}/stats`)).json()) as { functions: { name: string; environments: number }[] }
  // What a broken one left behind has ended, and so have the old ones.
  expect(functions.find(({ name }) => name === 'f')?.environments).toBeLessThanOrEqual(1)
})
