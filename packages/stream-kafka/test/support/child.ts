import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A process of a test, whose lines are gathered. */
export class Child implements AsyncDisposable {
  readonly lines: string[] = []
  readonly #process: ChildProcess
  readonly #ended: Promise<unknown>

  constructor(script: URL, args: readonly string[]) {
    this.#process = spawn(process.execPath, [fileURLToPath(script), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#ended = once(this.#process, 'close')
    createInterface({ input: this.#process.stdout as NodeJS.ReadableStream }).on('line', (line) => this.lines.push(line))
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process.kill(signal)
  }

  /** Kills it as `kill -9` does. Resolves when all that it printed was read. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}
