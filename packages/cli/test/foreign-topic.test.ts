import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SelfManagedKafkaEvent } from '@millrace/function'
import { openKafkaStreams } from '@millrace/stream-kafka'
import { temporaryDirectory } from '@millrace/testing'
import { describeWithService, kafka } from '@millrace/testing/services'
import { expect, it } from 'vitest'
import { millrace, Server } from './support/millrace-process.ts'

const wait = { timeout: 30_000, interval: 100 }

interface Mapping {
  readonly UUID: string
  readonly State: string
  readonly LastProcessingResult: string
}

/** Functions that write down the events they get, and report every record whose value is `bad`. */
async function writeApp(directory: string, topic: string, brokers: readonly string[]): Promise<string> {
  const seen = join(directory, 'seen')
  await mkdir(join(directory, 'app'))
  await writeFile(seen, '')
  await writeFile(
    join(directory, 'app', 'note.mjs'),
    `import { appendFileSync } from 'node:fs'
    export const handler = async (event, { functionName }) => {
      appendFileSync(${JSON.stringify(seen)}, JSON.stringify({ functionName, event }) + '\\n')
      const batchItemFailures = []
      for (const [partition, records] of Object.entries(event.records)) {
        for (const { offset, value } of records) {
          if (Buffer.from(value, 'base64').toString() === 'bad') batchItemFailures.push({ itemIdentifier: { partition, offset } })
        }
      }
      return { batchItemFailures }
    }`,
  )
  await writeFile(
    join(directory, 'template.yaml'),
    `Resources:
  Noted:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: noted
      Handler: note.handler
      CodeUri: app
      Events:
        Orders:
          Type: SelfManagedKafka
          Properties:
            Topics: [${topic}]
            KafkaBootstrapServers: [${brokers.join(', ')}]
            StartingPosition: TRIM_HORIZON
            FunctionResponseTypes: [ReportBatchItemFailures]
            MaximumRetryAttempts: 1
            FilterCriteria: { Filters: [{ Pattern: '{"value": [{"anything-but": "noise"}]}' }] }
  Other: { Type: AWS::Serverless::Function, Properties: { FunctionName: other, Handler: note.handler, CodeUri: app } }
`,
  )
  return seen
}

async function eventsOf(seen: string, functionName: string): Promise<SelfManagedKafkaEvent[]> {
  const lines = (await readFile(seen, 'utf8')).split('\n').filter((line) => line !== '')
  return lines
    .map((line) => JSON.parse(line) as { functionName: string; event: SelfManagedKafkaEvent })
    .filter((each) => each.functionName === functionName)
    .map(({ event }) => event)
}

const valuesOf = (events: readonly SelfManagedKafkaEvent[]): string[] =>
  events.flatMap(({ records }) => Object.values(records).flat()).map(({ value = '' }) => Buffer.from(value, 'base64').toString())

describeWithService(kafka, 'a Kafka topic that is no stream, beside an embedded Millrace', ({ brokers }) => {
  it('goes to the functions that are mapped to it: by the template, and by the command line', async () => {
    await using directory = await temporaryDirectory()
    const topicPrefix = `test-${randomUUID().slice(0, 8)}-`
    const topic = `${topicPrefix}orders`
    // Another system's topic: this one knows nothing of it.
    const others = await openKafkaStreams({ brokers, topicPrefix })
    try {
      const orders = await others.create('orders', { shardCount: 1, retentionHours: 1 })
      const put = (...values: string[]) => orders.put(values.map((value) => ({ partitionKey: 'key', data: Buffer.from(value) })))
      await put('one', 'noise', 'bad', 'two')
      const seen = await writeApp(directory.path, topic, brokers)
      await using server = await Server.start(join(directory.path, 'data'), ['--template', join(directory.path, 'template.yaml')])
      const ask = async <Answer>(method: string, path: string, body?: object): Promise<Answer> => {
        const headers = { 'content-type': 'application/json' }
        const answer = await fetch(`${server.url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
        return (await answer.json()) as Answer
      }
      await expect.poll(async () => valuesOf(await eventsOf(seen, 'noted')).includes('two'), wait).toBe(true)
      const [event] = await eventsOf(seen, 'noted')
      expect(event).toMatchObject({ eventSource: 'SelfManagedKafka', bootstrapServers: brokers.join(',') })
      expect(event?.records[`${topic}-0`]?.[0]).toMatchObject({
        topic,
        partition: 0,
        offset: 0,
        key: 'a2V5',
        value: 'b25l',
        headers: [{ mr: [1, 0] }],
      })
      await expect.poll(async () => JSON.stringify(await ask('GET', '/dead-letters')), wait).toContain(`kafka://${topic}`)
      expect(valuesOf(await eventsOf(seen, 'noted'))).not.toContain('noise')

      const onServer = ['--data', join(directory.path, 'data')]
      const create = ['mapping', 'create', '--kafka-topic', topic, '--kafka-bootstrap-servers', brokers.join(','), '--function', 'other']
      const made = await millrace([...create, '--set', 'BatchSize=2', ...onServer])
      expect(made, made.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining(`kafka://${topic} > other   Enabled`) })
      await expect.poll(async () => valuesOf(await eventsOf(seen, 'other')), wait).toEqual(['one', 'noise', 'bad', 'two'])
      await put('three')
      await expect.poll(async () => valuesOf(await eventsOf(seen, 'other')).at(-1), wait).toBe('three')
      expect((await millrace(['mapping', 'list', ...onServer])).stdout).toContain(`kafka://${topic}`)
      await expect
        .poll(async () => (await millrace(['mapping', 'describe', 'other', ...onServer])).stdout, wait)
        .toMatch(/shardId-000000000000 +up to date/)
      expect(await millrace(['mapping', 'delete', 'other', ...onServer])).toMatchObject({ code: 0 })

      // A Kafka that does not answer is told of, and keeps nothing from being deleted.
      const path = '/2015-03-31/event-source-mappings/'
      const absent = await ask<Mapping>('POST', path, {
        FunctionName: 'other',
        SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: ['127.0.0.1:9'] } },
        Topics: ['absent'],
        StartingPosition: 'LATEST',
      })
      await expect
        .poll(async () => (await ask<Mapping>('GET', path + absent.UUID)).LastProcessingResult, wait)
        .toMatch(/^PROBLEM: .*127\.0\.0\.1:9/)
      expect(await ask<Mapping>('DELETE', path + absent.UUID)).toMatchObject({ State: 'Deleting' })
      await expect.poll(async () => (await fetch(`${server.url}${path}${absent.UUID}`)).status, wait).toBe(404)
    } finally {
      await others.delete('orders').catch(() => {})
      await others.close()
    }
  }, 120_000)
})
