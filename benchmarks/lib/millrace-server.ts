import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { cpuSeconds, rssMiB } from './process-usage.ts'

export const bin: string = fileURLToPath(new URL('../../packages/cli/bin/millrace.js', import.meta.url))

/** Further options of the Node under measurement, e.g. `--cpu-prof` or `--perf-basic-prof`. */
const nodeOptions = process.env.BENCH_NODE_OPTIONS?.split(' ') ?? []

/** A `millrace up` under measurement, as a process of its own. */
export class MillraceServer {
  readonly url: string
  readonly startMs: number
  readonly #child: ChildProcess
  #peakRssMiB = 0
  readonly #sampler: NodeJS.Timeout

  private constructor(child: ChildProcess, url: string, startMs: number) {
    this.#child = child
    this.url = url
    this.startMs = startMs
    this.#sampler = setInterval(() => void this.rssMiB(), 100)
  }

  /** `options`: further ones of `millrace up`. */
  static async start(data: string, options: readonly string[] = []): Promise<MillraceServer> {
    const started = performance.now()
    const child = spawn(process.execPath, [...nodeOptions, bin, 'up', '--data', data, '--port', '0', ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    for await (const line of createInterface(child.stdout)) {
      const ready = /ready at (\S+)/.exec(line)
      if (ready?.[1] !== undefined) return new MillraceServer(child, ready[1], performance.now() - started)
    }
    throw new Error('millrace up ended before it was ready')
  }

  get pid(): number {
    return this.#child.pid as number
  }

  /** Resident memory now, MiB. */
  async rssMiB(): Promise<number> {
    const rss = await rssMiB(this.pid)
    this.#peakRssMiB = Math.max(this.#peakRssMiB, rss)
    return rss
  }

  get peakRssMiB(): number {
    return this.#peakRssMiB
  }

  /** CPU time of all threads so far, seconds. */
  async cpuSeconds(): Promise<number> {
    return cpuSeconds(this.pid)
  }

  async post<Answer>(path: string, body: unknown): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as Answer
  }

  async documents(): Promise<number> {
    const response = await fetch(`${this.url}/stats`)
    return ((await response.json()) as { index: { documents: number } }).index.documents
  }

  async stop(): Promise<void> {
    clearInterval(this.#sampler)
    this.#child.kill('SIGTERM')
    await once(this.#child, 'exit')
  }
}
