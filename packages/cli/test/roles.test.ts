import { setTimeout as wait } from 'node:timers/promises'
import { temporaryDirectory } from '@millrace/testing'
import { describeWithPrivate, describeWithService, elasticsearch, kafka } from '@millrace/testing/services'
import { describe, expect, it } from 'vitest'
import { millrace, Server } from './support/millrace-process.ts'
import { SharedSystem } from './support/shared-system.ts'

interface Readiness {
  readonly ready: boolean
  readonly reasons: readonly string[]
  readonly warnings: readonly string[]
}

/** The first answer of which `holds` is true. */
async function readiness(server: Server, query: string, holds: (answer: Readiness) => boolean): Promise<Readiness> {
  for (;;) {
    const response = await fetch(`${server.url}/readyz${query}`)
    const answer = (await response.json()) as Readiness
    expect(response.status).toBe(answer.ready ? 200 : 503)
    if (holds(answer)) return answer
    await wait(100)
  }
}

async function ingest(server: Server, lines: string): Promise<Response> {
  return fetch(`${server.url}/ingest/logs`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: lines })
}

describe('roles', () => {
  it('that cannot be are refused in one sentence', async () => {
    await using directory = await temporaryDirectory()
    const up = ['up', '--data', directory.path, '--port', '0']
    for (const [given, value] of [
      ['gateway,maper', '"gateway,maper"'],
      [',', '","'],
    ] as const) {
      const ended = await millrace([...up, '--roles', given])
      expect(ended).toMatchObject({
        code: 2,
        stderr: `millrace: --roles should name at least one of gateway, mapper, console, separated by commas, and is ${value}.\n`,
      })
    }
    for (const backend of [[], ['--kafka', '127.0.0.1:1'], ['--elasticsearch', 'http://127.0.0.1:1']]) {
      const ended = await millrace([...up, ...backend], '', { MILLRACE_ROLES: 'gateway' })
      expect(ended.code).toBe(2)
      expect(ended.stderr).toMatch(/^millrace: --roles gateway leaves out mapper and console, but .*one process.*\n$/)
    }
  })
})

describeWithService(kafka, 'roles over Kafka', ({ brokers }) =>
  describeWithService(elasticsearch, 'and Elasticsearch', ({ url }) => {
    it('share the work: one process takes records in, another handles them', async () => {
      await using directory = await temporaryDirectory()
      await using system = new SharedSystem(brokers, url)
      const start = (...args: string[]): Promise<Server> => Server.start(directory.path, [...system.args, ...args])
      await using gateway = await start('--roles', 'gateway', '--drain-delay', '1')
      await readiness(gateway, '', ({ ready }) => ready)
      expect((await ingest(gateway, 'one\ntwo\n')).status).toBe(200)
      const before = await gateway.stats()
      expect(before.mappings[0]).toMatchObject({ records: { received: 0 } })
      expect(before.mappings[0]?.shards?.reduce((sum, { records }) => sum + records, 0)).toBe(2)

      await using mapper = await start('--roles', 'mapper')
      await readiness(mapper, '', ({ ready }) => ready)
      const refused = await ingest(mapper, 'three\n')
      expect([refused.status, await refused.text()]).toEqual([421, expect.stringContaining('role gateway') as string])
      expect((await fetch(`${mapper.url}/metrics`)).status).toBe(200)
      await gateway.settled()
      while ((await gateway.count()) < 2) await wait(50)
      expect((await mapper.stats()).mappings[0]).toMatchObject({ records: { received: 2, settled: 2 } })

      // Told to stop, it says first that it is not ready, and still takes what comes.
      gateway.child.kill('SIGTERM')
      const draining = await readiness(gateway, '', ({ ready }) => !ready)
      expect(draining.reasons).toEqual(['The process is shutting down.'])
      expect((await ingest(gateway, 'last words\n')).status).toBe(200)
      expect((await gateway.finished).code).toBe(0)
      expect((await mapper.kill('SIGTERM')).code).toBe(0)
    }, 60_000)
  }),
)

describeWithPrivate(kafka, 'probes, with a Kafka', (kafkaService) =>
  describeWithPrivate(elasticsearch, 'and an Elasticsearch that stand still', (elasticsearchService) => {
    it('tell what the process can do, and blame it for nothing that it is not', async () => {
      await using directory = await temporaryDirectory()
      await using broker = await kafkaService.startPrivate()
      await using index = await elasticsearchService.startPrivate()
      const backends = ['--kafka', broker.address.brokers.join(','), '--elasticsearch', index.address.url]
      await using server = await Server.start(directory.path, backends)
      await readiness(server, '', ({ ready }) => ready)
      const isLive = async (): Promise<void> => expect((await fetch(`${server.url}/healthz`)).status).toBe(200)

      await index.pause()
      await readiness(server, '?for=search', ({ ready }) => !ready)
      const withoutIndex = await readiness(server, '', () => true)
      expect(withoutIndex).toMatchObject({ ready: true, warnings: [expect.stringContaining('The index does not answer') as string] })
      expect((await ingest(server, 'kept\n')).status).toBe(200)
      await isLive()
      await index.resume()
      await readiness(server, '?for=search', ({ ready }) => ready)

      await broker.pause()
      const withoutStream = await readiness(server, '?for=ingest', ({ ready }) => !ready)
      expect(withoutStream.reasons[0]).toContain('The stream does not answer')
      expect((await readiness(server, '?for=search', () => true)).ready).toBe(true)
      const stats = await server.stats()
      expect(stats.unavailable.map(({ part }) => part)).toContain('stream')
      await isLive()
      await broker.resume()
      await readiness(server, '', ({ ready }) => ready)
      while ((await server.count()) < 1) await wait(50)
    }, 120_000)
  }),
)
