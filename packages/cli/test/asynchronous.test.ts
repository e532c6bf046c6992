import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryDirectory } from '@millrace/testing'
import { describeWithService, kafka } from '@millrace/testing/services'
import { afterAll, expect, it } from 'vitest'
import { Server } from './support/millrace-process.ts'
import { removeTraces } from './support/remove-traces.ts'

const template = `Resources:
  Worker:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: worker, Handler: worker.handler, CodeUri: app, EventInvokeConfig: { MaximumRetryAttempts: 0 } }
`

async function invoke(server: Server, event: unknown): Promise<{ readonly status: number; readonly requestId: string | null }> {
  const response = await fetch(`${server.url}/2015-03-31/functions/worker/invocations`, {
    method: 'POST',
    headers: { 'x-amz-invocation-type': 'Event' },
    body: JSON.stringify(event),
  })
  expect(await response.text()).toBe('')
  return { status: response.status, requestId: response.headers.get('x-amzn-requestid') }
}

/** What is promised of events, whatever keeps them. */
async function eventsAreKept(backends: readonly string[]): Promise<void> {
  await using directory = await temporaryDirectory()
  await mkdir(join(directory.path, 'app'))
  await writeFile(
    join(directory.path, 'app', 'worker.mjs'),
    `export const handler = async (event, context) => {
      console.log('got ' + event.name + ' as ' + context.awsRequestId)
      if (event.name === 'bad') throw new TypeError('cannot digest it')
      if (event.name === 'slow') await new Promise((resolve) => setTimeout(resolve, 2_500))
      console.log('done ' + event.name)
    }`,
  )
  await writeFile(join(directory.path, 'template.yaml'), template)
  const start = () => Server.start(join(directory.path, 'data'), ['--template', join(directory.path, 'template.yaml'), ...backends])
  {
    await using server = await start()
    const accepted = await invoke(server, { name: 'good' })
    expect(accepted.status).toBe(202)
    await server.seen(new RegExp(`got good as ${accepted.requestId}`))
    await server.seen(/done good/)
    await invoke(server, { name: 'bad' })
    await server.seen(/got bad/)
    for (;;) {
      const { deadLetters: letters } = (await (await fetch(`${server.url}/dead-letters`)).json()) as {
        deadLetters: { reason: string; functionName: string }[]
      }
      if (letters[0] !== undefined) {
        expect(letters[0]).toMatchObject({ functionName: 'worker', reason: 'TypeError: cannot digest it' })
        break
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await invoke(server, { name: 'slow' })
    await server.seen(/got slow/)
    await server.kill()
  }
  await using server = await start()
  await server.seen(/done slow/)
  // As large as may be, and of what compresses least.
  const large = randomBytes(3 * 262_144)
    .toString('base64')
    .slice(0, 1_048_576 - '{"name":"large","text":""}'.length)
  expect((await invoke(server, { name: 'large', text: large })).status).toBe(202)
  await server.seen(/done large/)
}

const events = 'an event is accepted, its function is invoked with it, and what it fails on is a dead letter; also over a kill'

it(events, () => eventsAreKept([]))

describeWithService(kafka, 'over Kafka', ({ brokers }) => {
  // Names of this run: the service is shared.
  const topicPrefix = `t${randomUUID().slice(0, 8)}-`
  it(events, () => eventsAreKept(['--kafka', brokers.join(','), '--kafka-topic-prefix', topicPrefix]))
  afterAll(() => removeTraces({ brokers, topicPrefix }))
})

it('settings that are changed hold at once, and after a restart', async () => {
  await using directory = await temporaryDirectory()
  await mkdir(join(directory.path, 'app'))
  await writeFile(join(directory.path, 'app', 'worker.mjs'), 'export const handler = async () => process.env.COLOUR ?? "none"')
  await writeFile(join(directory.path, 'template.yaml'), template)
  const start = () => Server.start(join(directory.path, 'data'), ['--template', join(directory.path, 'template.yaml')])
  const colour = async (server: Server): Promise<unknown> =>
    (await fetch(`${server.url}/2015-03-31/functions/worker/invocations`, { method: 'POST', body: '{}' })).json()
  {
    await using server = await start()
    expect(await colour(server)).toBe('none')
    const changed = await fetch(`${server.url}/2015-03-31/functions/worker/configuration`, {
      method: 'PUT',
      body: JSON.stringify({ Environment: { Variables: { COLOUR: 'green' } } }),
    })
    expect(await changed.json()).toMatchObject({ FunctionName: 'worker', LastUpdateStatus: 'Successful' })
    expect(await colour(server)).toBe('green')
  }
  await using server = await start()
  expect(await colour(server)).toBe('green')
})
