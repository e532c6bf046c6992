import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { MillraceLife } from '../lib/millrace-life.ts'
import { line } from './expected.ts'

export interface ProducerOptions {
  readonly source: number
  readonly records: number
  /** Records a second. */
  readonly rate: number
  /** Of the gateway that it sends to. */
  readonly url: string
  /** Where records wait while the gateway is away. */
  readonly spoolDirectory: string
  /** How long it goes on trying after the last record. */
  readonly waitSeconds: number
  /** One partition key, so that the records stay in order; else they are spread over all shards. */
  readonly ordered: boolean
}

const tickMs = 50

/** A `millrace pipe`, fed at a steady rate. It slows down when the pipe does. */
export class Producer {
  readonly pipe: MillraceLife
  /** Records that the pipe has been given. */
  sent = 0
  readonly #options: ProducerOptions

  constructor(options: ProducerOptions) {
    const { url, source, spoolDirectory, waitSeconds, ordered } = options
    this.#options = options
    const identity = ['--service', 'chaos', '--host-name', `source-${source}`, ...(ordered ? ['--ordered'] : [])]
    this.pipe = new MillraceLife(['pipe', '--to', url, ...identity, '--spool', spoolDirectory, '--wait', String(waitSeconds)], 'pipe')
    this.pipe.child.stdout?.resume()
  }

  /** Resolves when every record was accepted; answers what went wrong instead. */
  async run(): Promise<string | undefined> {
    const { records, rate, source } = this.#options
    const stdin = this.pipe.child.stdin as NodeJS.WritableStream
    const began = performance.now()
    while (this.sent < records && !this.pipe.hasEnded) {
      const due = Math.min(records, Math.ceil(((performance.now() - began) / 1000) * rate))
      let text = ''
      for (; this.sent < due; this.sent++) text += line(source, this.sent)
      if (text !== '' && !stdin.write(text)) await Promise.race([once(stdin, 'drain'), this.pipe.ended])
      await wait(tickMs)
    }
    stdin.end()
    const code = await this.pipe.ended
    return code === 0 ? undefined : `pipe ${source} ended with ${code}: ${this.pipe.said.slice(-5).join(' | ')}`
  }
}
