import { promisify } from 'node:util'
import { constants, zstdCompress } from 'node:zlib'
import { Pool, type Dispatcher } from 'undici'
import { readHttpAnswer } from './http-answer.ts'
import type { PipeBatch } from './pipe-batch.ts'
import type { RecordDestination, SendResult } from './record-destination.ts'

export interface HttpDestinationOptions {
  /** Of the gateway, e.g. `http://127.0.0.1:4577`; a path in it stands before `/ingest`. */
  readonly url: string
  readonly stream: string
  readonly apiKey?: string | undefined
  /** Connections at most. Default 4. */
  readonly connectionsMax?: number
  /** Without an answer for this long, the server counts as away. Default 30,000. */
  readonly requestTimeoutMs?: number
  readonly connectTimeoutMs?: number
  /** Default: on, except to this very machine. */
  readonly compress?: boolean
  /** Milliseconds since the epoch. */
  readonly now?: () => number
}

const answerBytesMax = 8 * 1024 * 1024
const compress = promisify(zstdCompress)

/** Sends batches to a gateway's `/ingest/{stream}`, over connections that stay open. */
export class HttpDestination implements RecordDestination {
  readonly name: string
  readonly #url: string
  readonly #path: string
  readonly #pool: Pool
  readonly #headers: Readonly<Record<string, string>>
  readonly #compress: boolean
  readonly #now: () => number

  /** Throws a `TypeError` for a URL that is none, or not of http or https. */
  constructor(options: HttpDestinationOptions) {
    const url = new URL(options.url)
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new TypeError(`${options.url} is not an http or https URL.`)
    const timeoutMs = options.requestTimeoutMs ?? 30_000
    this.#url = options.url
    this.#path = `${url.pathname.replace(/\/+$/, '')}/ingest/${encodeURIComponent(options.stream)}`
    this.name = options.url
    this.#pool = new Pool(url.origin, {
      connections: options.connectionsMax ?? 4,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connect: { timeout: options.connectTimeoutMs ?? 5_000 },
    })
    this.#compress = options.compress ?? !isThisMachine(url.hostname)
    this.#headers = {
      'content-type': 'application/vnd.millrace.records',
      ...(this.#compress ? { 'content-encoding': 'zstd' } : {}),
      ...(options.apiKey === undefined ? {} : { authorization: `Bearer ${options.apiKey}` }),
    }
    this.#now = options.now ?? Date.now
  }

  async send(batch: PipeBatch, signal: AbortSignal): Promise<SendResult> {
    try {
      const body = this.#compress ? await compress(batch.body, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }) : batch.body
      const response = await this.#pool.request({ method: 'POST', path: this.#path, headers: this.#headers, body, signal })
      const retryAfter = response.headers['retry-after']
      const answer = {
        status: response.statusCode,
        retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
        text: await readText(response.body),
      }
      return readHttpAnswer(answer, batch.count, this.#url, this.#now())
    } catch (error) {
      return failureOf(error)
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy()
  }
}

async function readText(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength
    if (bytes > answerBytesMax) throw new Error(`The answer has more than ${answerBytesMax} bytes.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

const untrusted = /^(?:CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/

function failureOf(error: unknown): SendResult {
  const { code, message } = error as NodeJS.ErrnoException
  const reason = message === '' ? (code ?? 'no answer') : message
  // Waiting does not help against a certificate.
  if (code !== undefined && untrusted.test(code)) return { outcome: 'fatal', reason }
  return { outcome: 'retry', cause: 'away', reason, uncertain: true }
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host.startsWith('127.') || host === '[::1]'
}
