import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodePutRecords, recordId, type PutRecord } from '@millrace/stream'

/** What the server does with a request. `lose`: takes the records, and ends the connection without an answer. `reset`: ends it without taking them. */
export type Behaviour =
  | 'accept'
  | 'lose'
  | 'reset'
  | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  | PartlyTaken

/** Refuses the records at even places for now. */
export interface PartlyTaken {
  readonly partly: true
}

/** A real HTTP server that takes records as the gateway does, and fails as it is told to. Like the index, it knows a repeated record by its identity. */
export class PipeServer implements AsyncDisposable {
  readonly records = new Map<string, PutRecord>()
  /** In the order in which they were first taken. */
  readonly lines: string[] = []
  requests = 0
  authorization: string | undefined
  behave: (records: readonly PutRecord[]) => Behaviour = () => 'accept'
  readonly #server: Server
  #port = 0
  #took: (() => void)[] = []

  private constructor() {
    this.#server = createServer((request, response) => void this.#handle(request, response))
  }

  static async start(): Promise<PipeServer> {
    const server = new PipeServer()
    await server.listen()
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Comes back at the same port. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Goes away; what was taken is kept. */
  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  /** Resolves as soon as the condition holds; it is looked at after every request. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#took.push(resolve))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.close()
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    } catch {
      return
    }
    this.requests++
    this.authorization = request.headers.authorization
    const records = decodePutRecords(Buffer.concat(chunks))
    this.#answer(records, this.behave(records), response)
    for (const resolve of this.#took.splice(0)) resolve()
  }

  #answer(records: readonly PutRecord[], behaviour: Behaviour, response: ServerResponse): void {
    if (behaviour === 'reset') response.destroy()
    else if (behaviour === 'lose') {
      this.#take(records)
      response.destroy()
    } else if (behaviour === 'accept') {
      this.#take(records)
      send(response, 200, { accepted: records.length })
    } else if ('partly' in behaviour) {
      const refused = records.flatMap((_, index) =>
        index % 2 === 0 ? [{ index, code: 'throughput-exceeded', message: 'full', retryable: true }] : [],
      )
      this.#take(records.filter((_, index) => index % 2 === 1))
      const error = { code: 'throughput-exceeded', message: 'full', retryable: true }
      send(response, 429, { accepted: records.length - refused.length, error, refused }, { 'retry-after': '0' })
    } else send(response, behaviour.status, behaviour.body ?? {}, behaviour.headers)
  }

  #take(records: readonly PutRecord[]): void {
    for (const record of records) {
      const source = { streamName: 'logs', incarnation: 'x', shard: { shardId: 's', index: 0, createdTimestamp: 0 } }
      const id = recordId(source, { headers: record.headers ?? {}, producerSequence: record.producerSequence, position: 0 })
      if (this.records.has(id)) continue
      this.records.set(id, record)
      this.lines.push(Buffer.from(record.data).toString())
    }
  }
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
