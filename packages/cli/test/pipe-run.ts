import { randomUUID } from 'node:crypto'
import { PassThrough, Readable, Writable } from 'node:stream'
import { seededRandom } from '@millrace/testing'
import { HttpDestination } from '../src/pipe/http-destination.ts'
import type { PipeIo, PipeOptions } from '../src/pipe/pipe-options.ts'
import type { PipeSummary } from '../src/pipe/pipe-summary.ts'
import { runPipe } from '../src/pipe/run-pipe.ts'
import { systemClock } from '../src/system/system-clock.ts'

/** What a run wrote to standard error. */
export class Messages {
  text = ''
  #waiting: (() => void)[] = []
  write(text: string): void {
    this.text += text
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
  async until(part: string): Promise<void> {
    while (!this.text.includes(part)) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }
}

export interface Run {
  readonly summary: Promise<PipeSummary>
  readonly messages: Messages
}

/** Runs a pipe in this process, with short waits. */
export function startPipe(url: string, stdin: Readable | string, options: Partial<PipeOptions> = {}, io: Partial<PipeIo> = {}): Run {
  const messages = new Messages()
  const summary = runPipe(
    {
      files: [],
      stream: 'logs',
      destination: new HttpDestination({ url, stream: options.stream ?? 'logs', apiKey: 'secret-key' }),
      retryDelayMs: 5,
      retryDelayMsMax: 50,
      batchDelayMs: 5,
      joinTimeoutMs: 10,
      waitMs: 60_000,
      ...options,
    },
    {
      stdin: typeof stdin === 'string' ? Readable.from([Buffer.from(stdin)]) : stdin,
      stdout: new PassThrough().resume(),
      stderr: messages,
      signal: new AbortController().signal,
      clock: systemClock,
      random: seededRandom(1),
      drawId: () => randomUUID(),
      ...io,
    },
  )
  return { summary, messages }
}

/** Numbered lines. */
export function numbered(count: number, prefix = 'line'): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix} ${index} ${'x'.repeat(index % 50)}`)
}

export function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

/** Keeps what was written to it. */
export function collector(): { readonly stream: Writable; text(): string } {
  const chunks: Buffer[] = []
  const stream = new Writable({
    highWaterMark: 10,
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      setImmediate(done)
    },
  })
  return { stream, text: () => Buffer.concat(chunks).toString() }
}
