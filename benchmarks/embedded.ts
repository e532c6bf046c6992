import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { bin, MillraceServer } from './lib/millrace-server.ts'
import { nginxLines } from './lib/nginx-lines.ts'
import { type BenchmarkResult, type Measure, measure, quantile } from './lib/result.ts'

const lineCount = Number(process.env.BENCH_LINES ?? 1_000_000)
const probes = 200
const idleSeconds = 20

/**
 * The embedded default, as a user runs it: `millrace up` and `millrace pipe FILE`, two processes on the same cores.
 * Not shown: searches under load, and disks slower or faster than this one.
 */
export async function embedded(): Promise<BenchmarkResult> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
  try {
    const file = join(directory, 'access.log')
    await writeLines(file)
    const lineBytes = Math.round((await stat(file)).size / lineCount)
    const server = await MillraceServer.start(join(directory, 'data'))
    const measures: Measure[] = [
      measure('line size', lineBytes, 'bytes'),
      measure('start to ready', server.startMs, 'ms', { atMost: 1_000 }),
    ]
    try {
      measures.push(...(await throughput(server, file)))
      measures.push(...(await idle(server)))
      measures.push(...(await latency(server)))
    } finally {
      await server.stop()
    }
    return { measures }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function writeLines(file: string): Promise<void> {
  await using handle = await open(file, 'w')
  let text = ''
  for (const line of nginxLines(lineCount, 1, Date.now() - lineCount)) {
    text += `${line}\n`
    if (text.length > 1 << 20) {
      await handle.write(text)
      text = ''
    }
  }
  await handle.write(text)
}

/** From the start of `pipe` until the last line is searchable. */
async function throughput(server: MillraceServer, file: string): Promise<Measure[]> {
  const cpuBefore = await server.cpuSeconds()
  const started = performance.now()
  const pipe = spawn(
    '/usr/bin/env',
    ['time', '-f', '%U %S %M', process.execPath, bin, 'pipe', file, '--to', server.url, '--quiet'].slice(timed ? 0 : 3),
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  let said = ''
  pipe.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const [code] = (await once(pipe, 'close')) as [number]
  const pipedMs = performance.now() - started
  if (code !== 0) throw new Error(`pipe ended with ${code}: ${said}`)
  while ((await server.documents()) < lineCount) await wait(20)
  const seconds = (performance.now() - started) / 1000
  const cpu = (await server.cpuSeconds()) - cpuBefore
  const [user, system, rssKiB] = said.trim().split('\n').at(-1)?.split(' ').map(Number) ?? []
  const documents = await server.documents()
  return [
    measure('pipe to searchable', lineCount / seconds, 'lines/s', { atLeast: 60_000 }),
    measure('pipe alone, until accepted', lineCount / (pipedMs / 1000), 'lines/s'),
    measure('lines lost', lineCount - documents, 'lines', { atMost: 0 }),
    measure('CPU of up', (cpu / lineCount) * 1e6, 'us/line'),
    ...(timed
      ? [
          measure('CPU of pipe', (((user ?? 0) + (system ?? 0)) / lineCount) * 1e6, 'us/line'),
          measure('memory of pipe, peak', (rssKiB ?? 0) / 1024, 'MiB'),
        ]
      : []),
    measure('memory of up, peak', server.peakRssMiB, 'MiB', { atMost: 400 }),
  ]
}

/** GNU time tells what a finished process has used; without it these figures are left out. */
const timed = process.platform === 'linux' && (await stat('/usr/bin/time').catch(() => undefined)) !== undefined

async function idle(server: MillraceServer): Promise<Measure[]> {
  // What the load left behind may be put away first.
  await wait(idleSeconds * 1000)
  const cpu = await server.cpuSeconds()
  await wait(idleSeconds * 1000)
  const used = (await server.cpuSeconds()) - cpu
  return [
    measure('idle after load, memory', await server.rssMiB(), 'MiB', { atMost: 200 }),
    measure('idle after load, CPU', (used / idleSeconds) * 100, '% of a core', { atMost: 1 }),
  ]
}

/** One line into an idle system, until a search finds it. */
async function latency(server: MillraceServer): Promise<Measure[]> {
  const times: number[] = []
  for (let probe = 0; probe < probes; probe++) {
    const word = `probe${probe}x${Math.floor(performance.now())}`
    const started = performance.now()
    const response = await fetch(`${server.url}/ingest/logs`, { method: 'POST', body: `${new Date().toISOString()} INFO ${word}\n` })
    if (!response.ok) throw new Error(`ingest answered ${response.status}`)
    for (;;) {
      const { hits } = await server.post<{ hits: unknown[] }>('/search', { query: word, size: 1, since: '1m' })
      if (hits.length > 0) break
      await wait(1)
    }
    times.push(performance.now() - started)
    await wait(20)
  }
  return [measure('one line, p50', quantile(times, 0.5), 'ms'), measure('one line, p99', quantile(times, 0.99), 'ms', { atMost: 250 })]
}
