import { randomUUID } from 'node:crypto'
import { temporaryDirectory } from '@millrace/testing'
import { describeWithService, elasticsearch, kafka, redis } from '@millrace/testing/services'
import { expect, it } from 'vitest'
import { millrace, Server } from './support/millrace-process.ts'
import { removeTraces } from './support/remove-traces.ts'

const lineCount = 40_000

describeWithService(kafka, 'several processes over Kafka, Elasticsearch and Redis', ({ brokers }) =>
  describeWithService(elasticsearch, 'and Elasticsearch', ({ url: elasticsearchUrl }) =>
    describeWithService(redis, 'and Redis', ({ url: redisUrl }) => {
      it('share the work, and lose and double nothing when one of them is killed', async () => {
        await using directory = await temporaryDirectory()
        // Names of this run: the services are shared.
        const name = randomUUID().slice(0, 8)
        await using traces = new AsyncDisposableStack()
        traces.defer(() => removeTraces({ brokers, topicPrefix: `${name}-`, elasticsearchUrl, namespace: name }))
        const backends = ['--kafka', brokers.join(','), '--kafka-topic-prefix', `${name}-`, '--elasticsearch', elasticsearchUrl]
        const args = [...backends, '--redis', redisUrl, '--namespace', name]
        const start = (): Promise<Server> => Server.start(directory.path, args)
        const [first, second] = await Promise.all([start(), start()])
        await using survivor = first
        await using victim = second
        const lines = Array.from({ length: lineCount }, (_, index) => `{"level":"info","msg":"line ${index}","labels":{"n":"${index}"}}`)
        const piping = millrace(['pipe', '--to', survivor.url, '--spool', `${directory.path}/spool`], `${lines.join('\n')}\n`)
        await reached(victim, lineCount / 10)
        await victim.kill()
        await using successor = await start()
        const piped = await piping
        expect(piped.code, piped.stderr).toBe(0)
        await reached(successor, lineCount)
        await survivor.settled()
        expect(await successor.count()).toBe(lineCount)
        const { hits } = await successor.post<{ hits: { source: string }[] }>('/search', { query: 'labels.n:(7 or 39999)', size: 10 })
        expect(hits.map((hit) => (JSON.parse(hit.source) as { message: string }).message).sort()).toEqual(['line 39999', 'line 7'])
        for (const server of [survivor, successor]) expect((await server.kill('SIGTERM')).code).toBe(0)
      }, 180_000)

      it('name the setting that is wrong, and start nothing', async () => {
        await using directory = await temporaryDirectory()
        const up = ['up', '--data', directory.path, '--port', '0']
        const noKafka = await millrace([...up, '--kafka', '127.0.0.1:1'])
        expect(noKafka.code).toBe(1)
        expect(noKafka.stderr).toContain('127.0.0.1:1')
        const noElasticsearch = await millrace([...up, '--elasticsearch', 'http://127.0.0.1:1'])
        expect(noElasticsearch.code).toBe(1)
        expect(noElasticsearch.stderr).toContain('127.0.0.1:1')
        const noRedis = await millrace([...up, '--redis', 'redis://127.0.0.1:1'])
        expect(noRedis.code).toBe(1)
        expect(noRedis.stderr).toContain('--redis')
      }, 60_000)
    }),
  ),
)

/** Resolves when the index has so many documents for this run. */
async function reached(server: Server, documents: number): Promise<void> {
  while ((await server.count()) < documents) await new Promise((resolve) => setTimeout(resolve, 100))
}
