import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export const bin: string = fileURLToPath(new URL('../../packages/cli/bin/millrace.js', import.meta.url))

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

  static async start(data: string): Promise<MillraceServer> {
    const started = performance.now()
    const child = spawn(process.execPath, [bin, 'up', '--data', data, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
    for await (const line of createInterface(child.stdout)) {
      const ready = /ready at (\S+)/.exec(line)
      if (ready?.[1] !== undefined) return new MillraceServer(child, ready[1], performance.now() - started)
    }
    throw new Error('millrace up ended before it was ready')
  }

  /** Resident memory now, MiB. */
  async rssMiB(): Promise<number> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8').catch(() => '')
    const rss = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
    this.#peakRssMiB = Math.max(this.#peakRssMiB, rss)
    return rss
  }

  get peakRssMiB(): number {
    return this.#peakRssMiB
  }

  resetPeak(): void {
    this.#peakRssMiB = 0
  }

  /** CPU time of all threads so far, seconds. */
  async cpuSeconds(): Promise<number> {
    const stat = await readFile(`/proc/${this.#child.pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // Fields 14 and 15 of proc(5), in ticks of 10 ms.
    return (Number(fields[11]) + Number(fields[12])) / 100
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
