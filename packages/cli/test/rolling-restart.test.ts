import { setTimeout as wait } from 'node:timers/promises'
import { temporaryDirectory } from '@millrace/testing'
import { describeWithService, elasticsearch, kafka } from '@millrace/testing/services'
import { expect, it } from 'vitest'
import { MillraceProcess, Server } from './support/millrace-process.ts'
import { SharedSystem } from './support/shared-system.ts'

/** A program that logs on and on into a pipe of its own. */
class Producer implements AsyncDisposable {
  readonly source: string
  readonly pipe: MillraceProcess
  lines = 0
  readonly #stopping = new AbortController()
  readonly #feeding: Promise<void>

  constructor(source: string, url: string, spool: string) {
    this.source = source
    this.pipe = new MillraceProcess(['pipe', '--to', url, '--ordered', '--spool', spool, '--wait', '60'])
    this.#feeding = this.#feed()
  }

  async #feed(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const block = Array.from({ length: 20 }, () => {
        const n = this.lines++
        return `{"level":"info","msg":"line ${n}","labels":{"source":"${this.source}","n":"${n}"}}\n`
      })
      this.pipe.child.stdin.write(block.join(''))
      await wait(20)
    }
    this.pipe.child.stdin.end()
  }

  async finish(): Promise<void> {
    this.#stopping.abort()
    await this.#feeding
    const ended = await this.pipe.finished
    expect(ended.code, ended.stderr).toBe(0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort()
    await this.pipe[Symbol.asyncDispose]()
  }
}

describeWithService(kafka, 'A rolling restart over Kafka', ({ brokers }) =>
  describeWithService(elasticsearch, 'and Elasticsearch', ({ url: elasticsearchUrl }) => {
    it('loses nothing, writes nothing twice, and keeps the order', async () => {
      await using directory = await temporaryDirectory()
      await using system = new SharedSystem(brokers, elasticsearchUrl)
      const start = (port: string): Promise<Server> => Server.start(directory.path, [...system.args, '--port', port])
      const servers = await Promise.all([start('0'), start('0')])
      await using _ = {
        [Symbol.asyncDispose]: async () => void (await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()))),
      }
      await using one = new Producer('one', servers[0].url, `${directory.path}/one`)
      await using two = new Producer('two', servers[1].url, `${directory.path}/two`)
      for (const turn of [0, 1] as const) {
        await grows(servers[1 - turn] as Server)
        const { port } = new URL(servers[turn].url)
        const ended = await servers[turn].kill('SIGTERM')
        expect(ended.code, ended.stderr).toBe(0)
        // The others go on alone, with all of the shards.
        await grows(servers[1 - turn] as Server)
        servers[turn] = await start(port)
        while ((await fetch(`${servers[turn].url}/readyz`)).status !== 200) await wait(50)
      }
      await grows(servers[0])
      await Promise.all([one.finish(), two.finish()])
      await servers[0].settled()
      const lines = one.lines + two.lines
      const ask = async <Answer>(path: string, body?: object): Promise<Answer> => {
        const init =
          body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
        return (await (await fetch(`${elasticsearchUrl}/logs-*-${system.name}/${path}`, init)).json()) as Answer
      }
      await fetch(`${elasticsearchUrl}/logs-*-${system.name}/_refresh`, { method: 'POST' })
      expect(await servers[1].count()).toBe(lines)
      // Every document was sent once: a repeat would have been refused, and counted as failed.
      const { _all: all } = await ask<Indexing>('_stats/indexing')
      expect(all.primaries.indexing).toMatchObject({ index_total: lines, index_failed: 0 })
      for (const { source, lines: own } of [one, two]) {
        const numbers: number[] = []
        for (let after: readonly number[] | undefined; ; ) {
          const page = await ask<Page>('_search', {
            size: 10_000,
            _source: ['labels.n'],
            query: { term: { 'labels.source': source } },
            sort: [{ _seq_no: 'asc' }],
            ...(after === undefined ? {} : { search_after: after }),
          })
          after = page.hits.hits.at(-1)?.sort
          if (after === undefined) break
          numbers.push(...page.hits.hits.map((hit) => Number(hit._source.labels.n)))
        }
        expect(numbers).toEqual(Array.from({ length: own }, (_, n) => n))
      }
      for (const server of servers) expect((await server.kill('SIGTERM')).code).toBe(0)
    }, 120_000)
  }),
)

interface Indexing {
  readonly _all: { readonly primaries: { readonly indexing: { readonly index_total: number; readonly index_failed: number } } }
}

interface Page {
  readonly hits: {
    readonly hits: readonly { readonly _source: { readonly labels: { readonly n: string } }; readonly sort: readonly number[] }[]
  }
}

/** Resolves when the index has more documents than at first. */
async function grows(server: Server): Promise<void> {
  const before = await server.count()
  while ((await server.count()) <= before) await wait(50)
}
