import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { bin } from './millrace-server.ts'

/** What `GET /stats` says, as far as it is looked at here. */
export interface MillraceStats {
  readonly deadLetters: number
  readonly mappings: readonly {
    readonly records?: RecordCounters
    readonly shards?: readonly {
      readonly shardId: string
      readonly records: number
      readonly lagSeconds: number
      readonly lostRecords: number
    }[]
  }[]
}

export interface RecordCounters {
  readonly received: number
  readonly settled: number
  readonly deadLettered: number
  readonly inFlight: number
  readonly abandoned: number
  readonly filtered?: number
}

/** They end with this process, however it ends, as far as it can see to that. */
const children = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

/** One process of `millrace`, from its start to its end. What it says on standard error is kept, as far as it is the last of it. */
export class MillraceLife {
  readonly child: ChildProcess
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>
  hasEnded = false
  peakRssMiB = 0
  /** The last answer to `stats`. */
  lastStats: MillraceStats | undefined
  #said: string[] = []

  /** The environment of whoever asks does not reach it: only `args` decide. */
  constructor(args: readonly string[], stdin: 'pipe' | 'ignore' = 'ignore') {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(?:MILLRACE_|VITEST|NODE_OPTIONS)/.test(name))
    this.child = spawn(process.execPath, [bin, ...args], {
      stdio: [stdin, 'pipe', 'pipe'],
      env: { ...Object.fromEntries(inherited), TZ: 'UTC' },
    })
    children.add(this.child)
    this.child.stdin?.on('error', () => {})
    if (this.child.stderr !== null) createInterface(this.child.stderr).on('line', (line) => this.#hear(line))
    this.ended = once(this.child, 'exit').then(([code, signal]) => {
      this.hasEnded = true
      children.delete(this.child)
      return (code ?? signal) as number | string
    })
  }

  /** The last lines of standard error. */
  get said(): readonly string[] {
    return this.#said
  }

  /** The URL of an `up`, as soon as it is ready; undefined when it ends before that. */
  async ready(): Promise<string | undefined> {
    let url: string | undefined
    const seen = Promise.withResolvers<void>()
    createInterface(this.child.stdout as NodeJS.ReadableStream).on('line', (line) => {
      url ??= /ready at (\S+)/.exec(line)?.[1]
      if (url !== undefined) seen.resolve()
    })
    await Promise.race([seen.promise, this.ended])
    return url
  }

  /** Ends it, and waits until it has. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | string> {
    this.child.kill(signal)
    return this.ended
  }

  /** Asks an `up` for its figures. Undefined where it does not answer within a few seconds. */
  async stats(url: string): Promise<MillraceStats | undefined> {
    try {
      const response = await fetch(`${url}/stats`, { signal: AbortSignal.timeout(5_000) })
      if (!response.ok) return undefined
      this.lastStats = (await response.json()) as MillraceStats
      return this.lastStats
    } catch {
      return undefined
    }
  }

  /** Resident memory now and at its most so far, MiB; zeros where it has ended. */
  async memoryMiB(): Promise<{ readonly now: number; readonly peak: number }> {
    const status = await readFile(`/proc/${this.child.pid}/status`, 'utf8').catch(() => '')
    const of = (field: string): number => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024
    const now = of('VmRSS')
    this.peakRssMiB = Math.max(this.peakRssMiB, now, of('VmHWM'))
    return { now, peak: this.peakRssMiB }
  }

  #hear(line: string): void {
    this.#said = [...this.#said.slice(-29), line]
  }
}
