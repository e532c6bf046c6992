import type { Clock } from '@millrace/stream'
import { DestinationError } from './destination-error.ts'
import type { DestinationRecord } from './destination-record.ts'
import type { DestinationWriter } from './destination-writer.ts'

export interface HttpDestinationOptions {
  /** A name and password in it are sent as Basic authorization, and shown nowhere. */
  readonly url: URL
  readonly clock: Clock
  /** Bound of one request, answer included, in milliseconds; 10,000 by default. */
  readonly timeoutMs?: number
}

/** Answers other than 5xx that may be different next time. */
const passing = new Set([408, 425, 429])

const defaultTimeoutMs = 10_000

/**
 * Posts each record as JSON. A status of 2xx means that it is kept. Attributes are headers, `X-Millrace-` before their names, and their values as in a
 * URL: they may have lines, and any letters.
 */
export class HttpDestination implements DestinationWriter {
  readonly #options: HttpDestinationOptions
  readonly #url: string
  readonly #headers: Readonly<Record<string, string>>
  /** For messages: without name and password, and without the query, which may hold a token. */
  readonly #shown: string

  constructor(options: HttpDestinationOptions) {
    this.#options = options
    const { username, password, origin, pathname } = options.url
    this.#headers = {
      'content-type': 'application/json',
      'user-agent': 'millrace',
      ...(username === '' && password === '' ? {} : { authorization: basic(username, password) }),
    }
    const url = new URL(options.url)
    url.username = ''
    url.password = ''
    this.#url = url.href
    this.#shown = origin + pathname
  }

  async deliver(record: DestinationRecord, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const status = await this.#post(record, signal)
    if (status >= 200 && status < 300) return
    const hint = status >= 300 && status < 400 ? ' (redirects are not followed: name the place itself)' : ''
    throw new DestinationError(
      `${this.#shown} answered ${status}${hint} to a record of an invocation.`,
      status >= 500 || passing.has(status),
    )
  }

  async #post(record: DestinationRecord, signal: AbortSignal): Promise<number> {
    const { clock, timeoutMs = defaultTimeoutMs } = this.#options
    const ended = new AbortController()
    const cancel = clock.schedule(timeoutMs, () => ended.abort(new Error(`no answer within ${timeoutMs} ms`)))
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { ...this.#headers, ...attributeHeaders(record.attributes) },
        body: record.json(),
        redirect: 'manual',
        signal: AbortSignal.any([signal, ended.signal]),
      })
      await response.body?.cancel()
      return response.status
    } catch (error) {
      signal.throwIfAborted()
      throw new DestinationError(`${this.#shown} did not answer a record of an invocation: ${reason(error)}.`, true, { cause: error })
    } finally {
      cancel()
    }
  }
}

function attributeHeaders(attributes: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [`x-millrace-${name}`, encodeURIComponent(value.toWellFormed())]),
  )
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`
}

/** `fetch` says "fetch failed" alone, and the reason in the cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message
}
