import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { once } from 'node:events'

const bin = fileURLToPath(new URL('../../bin/millrace.js', import.meta.url))

/** The environment of a test must not reach the command under test. */
function cleanEnvironment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('MILLRACE_') && !name.startsWith('VITEST') && name !== 'NODE_OPTIONS',
  )
  return { ...Object.fromEntries(inherited), TZ: 'UTC', ...extra }
}

export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A `millrace` command under test: a real process. */
export class MillraceProcess implements AsyncDisposable {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly finished: Promise<Finished>
  #stdout = ''
  #stderr = ''

  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [bin, ...args], { stdio: ['pipe', 'pipe', 'pipe'], env: cleanEnvironment(environment) })
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text))
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text))
    // A process that ends early does not read its input: what it says matters, not the broken pipe.
    this.child.stdin.on('error', () => {})
    this.finished = once(this.child, 'close').then(([code, signal]) => ({ code, signal, stdout: this.#stdout, stderr: this.#stderr }))
  }

  get stderr(): string {
    return this.#stderr
  }

  /** Resolves with the match as soon as the output has it; rejects when the process ends before. */
  async seen(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#stdout) ?? pattern.exec(this.#stderr)
      if (match !== null) return match
      const ended = await Promise.race([
        this.finished.then(() => true),
        once(this.child.stdout, 'data').then(() => false),
        once(this.child.stderr, 'data').then(() => false),
      ])
      if (ended && !pattern.test(this.#stdout) && !pattern.test(this.#stderr)) {
        throw new Error(`The process ended without ${pattern}:\n${this.#stdout}\n${this.#stderr}`)
      }
    }
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<Finished> {
    this.child.kill(signal)
    return this.finished
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.kill()
  }
}

/** Runs a command to its end. */
export async function millrace(
  args: readonly string[],
  input: string | Uint8Array = '',
  environment: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  await using command = new MillraceProcess(args, environment)
  command.child.stdin.end(input)
  return await command.finished
}

/** `millrace up` on a free port, ready. */
export class Server extends MillraceProcess {
  url = ''
  static async start(data: string, args: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): Promise<Server> {
    const server = new Server(['up', '--data', data, ...(args.includes('--port') ? [] : ['--port', '0']), ...args], environment)
    const ready = await server.seen(/millrace is ready at (\S+)/)
    server.url = ready[1] ?? ''
    return server
  }

  /** Asks again where the answer says so: an index that is just being made cannot be searched for a moment. */
  async post<Answer>(path: string, body: unknown): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(`${this.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      if (response.ok) return (await response.json()) as Answer
      const text = await response.text()
      if (response.status !== 503 || attempt === 50) throw new Error(`${path} answered ${response.status}: ${text}`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  async count(query = ''): Promise<number> {
    const { total } = await this.post<{ total: number }>('/search', { query, size: 0, trackTotal: true })
    return total
  }

  async stats(): Promise<Stats> {
    return (await (await fetch(`${this.url}/stats`)).json()) as Stats
  }

  /** Resolves when every record is settled. */
  async settled(): Promise<Stats> {
    for (;;) {
      const stats = await this.stats()
      if (stats.mappings.every((mapping) => mapping.records.inFlight === 0 && mapping.shards?.every((shard) => shard.records === 0)))
        return stats
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

export interface Stats {
  readonly index: { readonly documents: number }
  readonly deadLetters: number
  readonly unavailable: readonly { readonly part: string }[]
  readonly mappings: readonly {
    readonly function: string
    readonly records: {
      readonly received: number
      readonly settled: number
      readonly filtered: number
      readonly deadLettered: number
      readonly inFlight: number
      readonly abandoned: number
    }
    /** Left out while the stream does not answer. */
    readonly shards?: readonly { readonly records: number }[]
  }[]
}
