import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryDirectory } from '@millrace/testing'
import { describeWithService, elasticsearch, kafka } from '@millrace/testing/services'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { millrace, Server } from './support/millrace-process.ts'
import { SharedSystem } from './support/shared-system.ts'

/** 200 lines of JSON in the stream `logs`, indexed. */
async function filled(server: Server): Promise<void> {
  const lines = Array.from({ length: 200 }, (_, index) => JSON.stringify({ level: index < 5 ? 'error' : 'info', message: `line ${index}` }))
  const headers = { 'content-type': 'text/plain' }
  const answer = await fetch(`${server.url}/ingest/logs`, { method: 'POST', headers, body: lines.join('\n') })
  expect(answer.status).toBe(200)
  await server.settled()
}

async function replay(
  server: Server,
  ...args: string[]
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  return millrace(['mapping', 'replay', 'logs', '--to', server.url, '--from', '1h', ...args])
}

async function untilCount(server: Server, query: string, count: number): Promise<void> {
  while ((await server.count(query)) < count) await new Promise((resolve) => setTimeout(resolve, 100))
  expect(await server.count(query)).toBe(count)
}

/** `extra`: what the system stands on. */
function promises(extra: () => readonly string[]): void {
  it('compares, then writes beside what is there, as often as it is asked', async () => {
    await using directory = await temporaryDirectory()
    await using server = await Server.start(join(directory.path, 'data'), extra())
    await filled(server)
    const same = await replay(server, '--function', 'log-indexer', '--dry-run')
    expect(same.stderr).toBe('')
    expect(same.stdout).toContain('200 records read, 0 filtered out, 0 would be new, 0 would differ, 200 identical')
    for (let time = 0; time < 2; time++) {
      const written = await replay(server, '--function', 'log-indexer', '--into', 'fixed')
      expect(written.code, written.stderr).toBe(0)
      await untilCount(server, 'data_stream.dataset: fixed', 200)
    }
    await untilCount(server, 'data_stream.dataset: json', 200)
    // The copies are nobody's original.
    expect((await replay(server, '--function', 'log-indexer', '--dry-run')).stdout).toContain('200 identical')
    const refused = await replay(server, '--function', 'log-indexer', '--into', 'json', '--retries', '0')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('which a replay must not write to')
    await untilCount(server, 'data_stream.dataset: json', 200)
    expect((await server.kill('SIGTERM')).code).toBe(0)

    await using other = await Server.start(join(directory.path, 'data'), [...extra(), '--format', 'plain'])
    const differing = await replay(other, '--function', 'log-indexer', '--dry-run', '--show', '1')
    expect(differing.stdout).toContain('log.level: "error" > none')
    expect(differing.stdout.match(/^different/gm)).toHaveLength(1)
    expect(differing.stdout).toContain('0 would be new, 200 would differ, 0 identical')
    expect((await other.kill('SIGTERM')).code).toBe(0)
  }, 120_000)

  it("sends a mapping's records through its Lambda handler again, and leaves the mapping where it is", async () => {
    await using directory = await temporaryDirectory()
    const seen = join(directory.path, 'seen')
    await mkdir(join(directory.path, 'app'))
    await writeFile(
      join(directory.path, 'app', 'note.mjs'),
      `import { appendFileSync } from 'node:fs'
      export const handler = async ({ Records }) => appendFileSync(${JSON.stringify(seen)}, Records.map(({ eventID }) => eventID + '\\n').join(''))`,
    )
    const template = join(directory.path, 'template.yaml')
    await writeFile(template, lambdaTemplate)
    await using server = await Server.start(join(directory.path, 'data'), [...extra(), '--template', template])
    await filled(server)
    const before = (await readFile(seen, 'utf8')).trim().split('\n')
    expect(before).toHaveLength(5)
    const dry = await replay(server, '--mapping', 'note', '--dry-run')
    expect(dry.stdout).toContain('200 records read, 195 filtered out, 5 would go to note in')
    expect((await readFile(seen, 'utf8')).trim().split('\n')).toHaveLength(5)
    const run = await replay(server, '--mapping', 'note', '--json')
    expect(run.code, run.stderr).toBe(0)
    const after = (await readFile(seen, 'utf8')).trim().split('\n')
    expect(after).toHaveLength(10)
    expect(new Set(after).size).toBe(5)
    const events = run.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; after?: object })
    expect(events.at(-1)).toMatchObject({ type: 'end', counts: { read: 200, filtered: 195, succeeded: 5 } })
    const [positions] = events.filter(({ type }) => type === 'end').map((event) => event.after as Record<string, string>)
    const rest = await replay(
      server,
      '--mapping',
      'note',
      '--after',
      Object.entries(positions ?? {})
        .map((pair) => pair.join('='))
        .join(),
    )
    expect(rest.stdout).toContain('0 records read')
    expect((await server.stats()).mappings.every(({ records }) => records.received === 200 && records.inFlight === 0)).toBe(true)
    const unknown = await replay(server, '--function', 'nope')
    expect(unknown.code).toBe(1)
    expect(unknown.stderr).toContain('No function is called "nope"')
    expect((await server.kill('SIGTERM')).code).toBe(0)
  }, 120_000)
}

const lambdaTemplate = `
Transform: AWS::Serverless-2016-10-31
Resources:
  Logs:
    Type: AWS::Kinesis::Stream
    Properties: { Name: logs, ShardCount: 2 }
  Note:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: note
      CodeUri: app/
      Handler: note.handler
      Runtime: nodejs24.x
      Events:
        Logs:
          Type: Kinesis
          Properties:
            Stream: !GetAtt Logs.Arn
            StartingPosition: TRIM_HORIZON
            FilterCriteria: { Filters: [{ Pattern: '{"data": {"level": ["error"]}}' }] }
`

describe('replays over the embedded stream and index', () => {
  promises(() => [])
})

describeWithService(kafka, 'replays over Kafka', ({ brokers }) =>
  describeWithService(elasticsearch, 'and Elasticsearch', ({ url }) => {
    let system: SharedSystem
    beforeEach(() => {
      system = new SharedSystem(brokers, url)
    })
    afterEach(() => system[Symbol.asyncDispose]())
    promises(() => system.args)
  }),
)
