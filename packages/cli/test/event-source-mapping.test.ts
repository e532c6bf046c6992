import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryDirectory } from '@millrace/testing'
import { expect, it } from 'vitest'
import { millrace, Server } from './support/millrace-process.ts'

const template = `Resources:
  Clicks: { Type: AWS::Kinesis::Stream, Properties: { Name: clicks, ShardCount: 1 } }
  Count:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.count
      Events:
        Clicks: { Type: Kinesis, Properties: { Stream: !GetAtt Clicks.Arn, StartingPosition: TRIM_HORIZON, TumblingWindowInSeconds: 1, tumblingWindowIdleWaitMs: 100 } }
  Picky:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.picky
      Events:
        Clicks:
          Type: Kinesis
          Properties:
            Stream: !GetAtt Clicks.Arn
            StartingPosition: TRIM_HORIZON
            BisectBatchOnFunctionError: true
            MaximumRetryAttempts: 0
            FilterCriteria: { Filters: [{ Pattern: '{"data":{"n":[{"numeric":[">",2]}]}}' }] }
`

const app = `export const count = async (event) => {
  const count = (event.state.count ?? 0) + event.Records.length
  if (event.isFinalInvokeForWindow) console.log('counted ' + count + ' by ' + event.window.end)
  return { state: { count } }
}
export const picky = async (event) => {
  const numbers = event.Records.map((record) => JSON.parse(Buffer.from(record.kinesis.data, 'base64').toString()).n)
  if (numbers.includes(5)) throw new Error('no five')
}`

it('gathers windows, leaves records out, and finds the one at fault', async () => {
  await using directory = await temporaryDirectory()
  await writeFile(join(directory.path, 'app.mjs'), app)
  await writeFile(join(directory.path, 'template.yaml'), template)
  await using server = await Server.start(join(directory.path, 'data'), ['--template', join(directory.path, 'template.yaml')])
  const lines = [1, 2, 3, 4, 5, 6, 7].map((n) => `{"n":${n}}\n`).join('')
  await millrace(['pipe', '--to', server.url, '--stream', 'clicks', '--ordered'], lines)
  // One put, and so one arrival: all of it is in one window.
  await server.seen(/counted 7 by \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/)
  const { mappings } = await server.settled()
  expect(mappings.find((mapping) => mapping.function === 'Count')?.records).toMatchObject({ received: 7, settled: 7 })
  expect(mappings.find((mapping) => mapping.function === 'Picky')?.records).toMatchObject({
    received: 7,
    filtered: 2,
    settled: 4,
    deadLettered: 1,
    inFlight: 0,
  })
})
