import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { temporaryDirectory } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { millrace, Server } from './support/millrace-process.ts'

const example = fileURLToPath(new URL('../../../docs/examples/error-alerts/', import.meta.url))

describe('functions of a template', () => {
  it('runs the example of the documentation: invoked by hand, and by what is piped in', async () => {
    await using directory = await temporaryDirectory()
    await using server = await Server.start(directory.path, ['--template', join(example, 'template.yaml')])
    const invoked = await millrace(['invoke', 'error-alerts', '--event', join(example, 'event.json'), '--to', server.url])
    expect(invoked).toMatchObject({ code: 0, stdout: '{"batchItemFailures":[]}\n' })
    expect(invoked.stderr).toContain('ALERT /checkout answered 502 in 41 ms')
    expect(invoked.stderr).toMatch(/REPORT RequestId: \S+\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB/)

    await millrace(['pipe', '--to', server.url], '{"status":503,"path":"/cart","durationMs":12}\n')
    await server.seen(/\[error-alerts\].*ALERT \/cart answered 503/)
    await server.settled()
    expect(await server.count('ALERT')).toBe(0)
    expect(await server.count()).toBe(1)
  })

  it('dead-letters what a function keeps failing on, shows the bytes, and redrives it', async () => {
    await using directory = await temporaryDirectory()
    await mkdir(join(directory.path, 'app'))
    const flag = join(directory.path, 'mended')
    await writeFile(
      join(directory.path, 'app', 'picky.mjs'),
      `import { existsSync } from 'node:fs'
      export const handler = async (event) => {
        const lines = event.Records.map((record) => Buffer.from(record.kinesis.data, 'base64').toString())
        if (lines.includes('poison') && !existsSync(${JSON.stringify(flag)})) throw new TypeError('cannot digest poison')
        console.log('digested ' + lines.join(','))
      }`,
    )
    const template = join(directory.path, 'template.yaml')
    await writeFile(
      template,
      `Resources:
  Jobs: { Type: AWS::Kinesis::Stream, Properties: { Name: jobs, ShardCount: 1 } }
  Picky:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: picky
      Handler: picky.handler
      CodeUri: app
      Events:
        Jobs: { Type: Kinesis, Properties: { Stream: !GetAtt Jobs.Arn, StartingPosition: TRIM_HORIZON, BatchSize: 1, MaximumRetryAttempts: 1 } }
`,
    )
    await using server = await Server.start(join(directory.path, 'data'), ['--template', template])
    const to = ['--to', server.url]
    await millrace(['pipe', ...to, '--stream', 'jobs', '--ordered'], 'poison\nbread\n')
    await server.seen(/digested bread/)
    const stats = await server.settled()
    expect(stats.mappings[0]?.records).toMatchObject({ received: 2, settled: 1, deadLettered: 1, inFlight: 0 })

    const listed = await millrace(['dead-letters', 'list', '--json', ...to])
    const letter = JSON.parse(listed.stdout) as { id: string; reason: string; attempts: number; data: string; condition: string }
    expect(letter).toMatchObject({ attempts: 2, condition: 'RetryAttemptsExhausted' })
    expect(letter.reason).toContain('cannot digest poison')
    expect(Buffer.from(letter.data, 'base64').toString()).toBe('poison')
    expect((await millrace(['dead-letters', 'show', letter.id, ...to])).stdout).toContain('\npoison\n')

    await writeFile(flag, '')
    expect(await millrace(['dead-letters', 'redrive', '--all', ...to])).toMatchObject({ code: 0, stdout: '1 redriven\n' })
    await server.seen(/digested poison/)
    expect((await millrace(['dead-letters', 'list', ...to])).stderr).toContain('There are no dead letters.')
  })
})
