import { connect } from 'node:net'
import type { Socket } from 'node:net'

/** A connection that is written to byte by byte, for requests that no HTTP client would send. */
export interface RawClient {
  readonly socket: Socket
  /** Resolves when these bytes have gone out. */
  write(data: string | Uint8Array): Promise<void>
  /** All that came back, once the answer matches. */
  answer(pattern: RegExp): Promise<string>
  /** Resolves when the server has ended the connection. */
  readonly closed: Promise<void>
}

export async function rawClient(url: string): Promise<RawClient> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let received = ''
  let look = (): void => undefined
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1')
    look()
  })
  const closed = new Promise<void>((resolve) => {
    socket
      .on('error', () => undefined)
      .on('close', () => {
        resolve()
        look()
      })
  })
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()))
  return {
    socket,
    closed,
    write: (data) => new Promise((resolve, reject) => socket.write(data, (error) => (error == null ? resolve() : reject(error)))),
    answer: (pattern) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (pattern.test(received)) resolve(received)
          else if (socket.closed) reject(new Error(`Closed with: ${received}`))
        }
        look()
      }),
  }
}

/** The head of an ingest request. */
export function ingestHead(headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}`)
  return `POST /ingest/logs HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`
}

/** One chunk of a chunked body. */
export function chunk(data: string | Uint8Array): Uint8Array {
  const bytes = Buffer.from(data)
  return Buffer.concat([Buffer.from(`${bytes.byteLength.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
}
