import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { openKafkaStreams } from '@millrace/stream-kafka'
import { temporaryDirectory } from '@millrace/testing'
import { describeWithService, kafka } from '@millrace/testing/services'
import { describe, expect, it } from 'vitest'
import { Server } from './support/millrace-process.ts'
import { removeTraces } from './support/remove-traces.ts'

const path = '/2015-03-31/event-source-mappings/'

interface Mapping {
  readonly UUID: string
  readonly State: string
  readonly BatchSize: number
  readonly LastProcessingResult: string
}

/** Lambda's API, asked of one process. */
async function ask<Answer = Mapping>(
  server: Server,
  method: string,
  uuid = '',
  body?: object,
): Promise<Answer & { readonly status: number }> {
  const response = await fetch(`${server.url}${path}${uuid}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { ...((await response.json()) as Answer), status: response.status }
}

async function untilState(server: Server, uuid: string, state: string): Promise<Mapping> {
  for (;;) {
    const mapping = await ask(server, 'GET', uuid)
    if (mapping.State === state) return mapping
    await wait(50)
  }
}

async function untilGone(server: Server, uuid: string): Promise<void> {
  while ((await ask(server, 'GET', uuid)).status !== 404) await wait(50)
}

/** Until the process takes part in so many mappings: one that joins later takes shards over, with what is in hand on them. */
async function untilSharing(server: Server, mappings: number): Promise<void> {
  while ((await server.stats()).mappings.length < mappings || !(await fetch(`${server.url}/readyz`)).ok) await wait(50)
}

async function ingest(server: Server, ...lines: string[]): Promise<void> {
  const headers = { 'content-type': 'text/plain' }
  for (const body of lines) expect((await fetch(`${server.url}/ingest/jobs`, { method: 'POST', headers, body })).status).toBe(200)
}

/** A template with a stream and two functions that write down what they get, as `function line batch-size`; one of them is mapped. */
class App {
  readonly template: string
  readonly #seen: string

  private constructor(directory: string) {
    this.template = join(directory, 'template.yaml')
    this.#seen = join(directory, 'seen')
  }

  static async write(directory: string): Promise<App> {
    const app = new App(directory)
    await mkdir(join(directory, 'app'))
    await writeFile(
      join(directory, 'app', 'note.mjs'),
      `import { appendFileSync } from 'node:fs'
      export const handler = async ({ Records }, { functionName }) => {
        const lines = Records.map((record) => Buffer.from(record.kinesis.data, 'base64').toString().trim())
        appendFileSync(${JSON.stringify(app.#seen)}, lines.map((line) => functionName + ' ' + line + ' ' + Records.length + '\\n').join(''))
      }`,
    )
    await writeFile(app.#seen, '')
    await app.map('BatchSize: 10')
    return app
  }

  /** Writes the template, with this of the mapping of the function `noted`. */
  async map(parameters: string | undefined): Promise<void> {
    const one = (name: string, events: string): string =>
      `  ${name}: { Type: AWS::Serverless::Function, Properties: { FunctionName: ${name}, Handler: note.handler, CodeUri: app${events} } }\n`
    const mapped = `, Events: { Jobs: { Type: Kinesis, Properties: { Stream: !GetAtt Jobs.Arn, StartingPosition: TRIM_HORIZON, ${parameters} } } }`
    await writeFile(
      this.template,
      `Resources:\n  Jobs: { Type: AWS::Kinesis::Stream, Properties: { Name: jobs, ShardCount: 2 } }\n${one('noted', parameters === undefined ? '' : mapped)}${one('other', '')}`,
    )
  }

  /** What a function got, sorted. */
  async seen(functionName: string): Promise<readonly string[]> {
    const lines = (await readFile(this.#seen, 'utf8')).split('\n').filter((line) => line.startsWith(`${functionName} `))
    return lines.map((line) => line.split(' ')[1] ?? '').toSorted((one, other) => (one < other ? -1 : 1))
  }

  async untilSeen(functionName: string, count: number): Promise<readonly string[]> {
    for (;;) {
      const seen = await this.seen(functionName)
      if (seen.length >= count) return seen
      await wait(50)
    }
  }
}

const request = {
  FunctionName: 'other',
  EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/jobs',
  StartingPosition: 'TRIM_HORIZON',
  BatchSize: 5,
}

describe('event source mappings', () => {
  it('that the API makes and changes outlive a restart; a new text of the template wins', async () => {
    await using directory = await temporaryDirectory()
    const app = await App.write(directory.path)
    const start = (): Promise<Server> => Server.start(join(directory.path, 'data'), ['--template', app.template])
    let made = ''
    let templates = ''
    {
      await using server = await start()
      made = (await ask(server, 'POST', '', request)).UUID
      const { EventSourceMappings: listed } = await ask<{ EventSourceMappings: Mapping[] }>(server, 'GET')
      templates = listed.find(({ UUID }) => UUID !== made)?.UUID ?? ''
      await untilState(server, made, 'Enabled')
      await ask(server, 'PUT', templates, { BatchSize: 3, Enabled: false })
      await untilState(server, templates, 'Disabled')
      await ingest(server, 'a')
      expect(await app.untilSeen('other', 1)).toEqual(['a'])
      expect((await server.kill('SIGTERM')).code).toBe(0)
    }
    {
      await using server = await start()
      expect(await ask(server, 'GET', templates)).toMatchObject({ State: 'Disabled', BatchSize: 3 })
      expect(await ask(server, 'GET', made)).toMatchObject({ State: 'Enabled', BatchSize: 5, LastProcessingResult: 'OK' })
      await ingest(server, 'b')
      expect(await app.untilSeen('other', 2)).toEqual(['a', 'b'])
      expect(await app.seen('noted')).toEqual([])
      expect((await server.kill('SIGTERM')).code).toBe(0)
    }
    await app.map('BatchSize: 20')
    {
      await using server = await start()
      expect(await untilState(server, templates, 'Enabled')).toMatchObject({ BatchSize: 20 })
      expect(await app.untilSeen('noted', 2)).toEqual(['a', 'b'])
      expect((await server.kill('SIGTERM')).code).toBe(0)
    }
    await app.map(undefined)
    await using server = await start()
    await untilGone(server, templates)
    expect(await ask(server, 'GET', made)).toMatchObject({ State: 'Enabled' })
  }, 120_000)
})

describeWithService(kafka, 'event source mappings over Kafka', ({ brokers }) => {
  it('are made, updated, paused and deleted on two processes, by the API of either', async () => {
    await using directory = await temporaryDirectory()
    const app = await App.write(directory.path)
    const prefix = `t${randomUUID().slice(0, 8)}-`
    const start = (name: string): Promise<Server> =>
      Server.start(join(directory.path, name), ['--template', app.template, '--kafka', brokers.join(','), '--kafka-topic-prefix', prefix])
    const [one, two] = await Promise.all([start('one'), start('two')])
    await using first = one
    await using second = two
    try {
      const { UUID: uuid, State, status } = await ask(first, 'POST', '', request)
      expect({ State, status }).toEqual({ State: 'Creating', status: 202 })
      expect((await ask(second, 'POST', '', request)).status).toBe(409)
      await untilState(second, uuid, 'Enabled')
      for (const server of [first, second]) await untilSharing(server, 2)
      const lines = Array.from({ length: 20 }, (_, index) => `line-${10 + index}`)
      await ingest(first, ...lines.slice(0, 10))
      await ask(second, 'PUT', uuid, { BatchSize: 1, ParallelizationFactor: 2 })
      await ingest(second, ...lines.slice(10))
      await untilState(first, uuid, 'Enabled')
      expect(await app.untilSeen('other', 20)).toEqual(lines)
      expect(await app.untilSeen('noted', 20)).toEqual(lines)

      expect((await ask(first, 'PUT', uuid, { Enabled: false })).State).toBe('Disabling')
      await untilState(second, uuid, 'Disabled')
      await ingest(first, 'paused')
      expect(await app.untilSeen('noted', 21)).toContain('paused')
      expect(await app.seen('other')).toEqual(lines)
      await ask(second, 'PUT', uuid, { Enabled: true })
      expect(new Set(await app.untilSeen('other', 21))).toEqual(new Set([...lines, 'paused']))
      await untilState(first, uuid, 'Enabled')

      expect((await ask(first, 'DELETE', uuid)).State).toBe('Deleting')
      await untilGone(second, uuid)
      await ingest(second, 'after')
      expect(await app.untilSeen('noted', 22)).toContain('after')
      expect(await app.seen('other')).not.toContain('after')
      for (const server of [first, second]) {
        while ((await server.stats()).mappings.length > 1) await wait(50)
        expect((await server.kill('SIGTERM')).code).toBe(0)
      }
      const streams = await openKafkaStreams({ brokers, topicPrefix: prefix })
      try {
        // Its checkpoints went with it.
        const lag = await (await streams.get('jobs')).lag(uuid)
        expect(lag.reduce((sum, { records }) => sum + records, 0)).toBe(22)
        expect(await streams.resources.list('event-source-mapping')).toHaveLength(1)
      } finally {
        await streams.close()
      }
    } finally {
      await removeTraces({ brokers, topicPrefix: prefix })
    }
  }, 120_000)
})
