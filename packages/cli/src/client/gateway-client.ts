import { CommandError } from '../options/usage-error.ts'

/** Calls a running millrace over HTTP. */
export class GatewayClient {
  readonly url: string
  readonly #apiKey: string | undefined

  constructor(url: string, apiKey?: string) {
    this.url = url.replace(/\/+$/, '')
    this.#apiKey = apiKey
  }

  /** JSON in, JSON out. Throws `CommandError` with the server's own sentence. */
  async json<Answer>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Answer> {
    const response = await this.send(
      method,
      path,
      body === undefined ? undefined : JSON.stringify(body),
      { 'content-type': 'application/json' },
      signal,
    )
    const text = await response.text()
    if (!response.ok) throw new CommandError(errorMessage(text) ?? `${this.url} answered ${response.status} to ${method} ${path}.`)
    return (text === '' ? undefined : JSON.parse(text)) as Answer
  }

  /** Any answer of the server is returned; throws `CommandError` where there is none. */
  async send(
    method: string,
    path: string,
    body: string | undefined,
    headers: Readonly<Record<string, string>> = {},
    signal?: AbortSignal,
  ): Promise<Response> {
    try {
      return await fetch(`${this.url}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : headers),
          ...(this.#apiKey === undefined ? {} : { authorization: `Bearer ${this.#apiKey}` }),
        },
        ...(body === undefined ? {} : { body }),
        ...(signal === undefined ? {} : { signal }),
      })
    } catch (error) {
      if (signal?.aborted) throw error
      const cause = (error as Error).cause
      throw new CommandError(`${this.url} cannot be reached: ${cause instanceof Error ? cause.message : (error as Error).message}`)
    }
  }
}

/** The sentence of an error answer: Millrace's own shape, or AWS's. */
function errorMessage(text: string): string | undefined {
  try {
    const body = JSON.parse(text) as { error?: { message?: string }; message?: string; Message?: string }
    return body.error?.message ?? body.message ?? body.Message
  } catch {
    return undefined
  }
}
