import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A process of a test, whose lines are gathered. */
export class Child implements AsyncDisposable {
  readonly lines: string[] = []
  readonly #process: ChildProcess
  readonly #ended: Promise<unknown>
  #waiting: { readonly count: number; readonly resolve: () => void }[] = []

  constructor(script: URL, args: readonly string[]) {
    this.#process = spawn(process.execPath, [fileURLToPath(script), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#ended = once(this.#process, 'close')
    const lines = createInterface({ input: this.#process.stdout as NodeJS.ReadableStream })
    lines.on('line', (line) => {
      this.lines.push(line)
      this.#notice()
    })
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  /** Resolves when it has printed so many lines; rejects when it ended before. */
  async printed(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push({ count, resolve })
    this.#notice()
    await Promise.race([promise, this.#ended])
    if (this.lines.length < count) throw new Error(`The process ended after ${this.lines.length} lines.`)
  }

  /** Kills it as `kill -9` does. Resolves when all that it printed was read. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }

  #notice(): void {
    for (const { count, resolve } of this.#waiting) if (this.lines.length >= count) resolve()
  }
}
