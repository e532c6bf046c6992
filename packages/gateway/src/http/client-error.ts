import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { HttpError } from './http-error.ts'

/** Answers what is no HTTP request, or came too slowly: such a thing never reaches a route. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const answer = explain(error)
  const body = JSON.stringify({ error: answer })
  const head = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}

function explain(error: NodeJS.ErrnoException): HttpError {
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new HttpError(408, 'request-timeout', 'The request did not arrive in time (headersTimeoutMs, requestTimeoutMs).', {
      retryable: true,
    })
  }
  if (error.code === 'HPE_HEADER_OVERFLOW') {
    return new HttpError(431, 'headers-too-large', 'The head of the request is over its limit (headerBytesMax).')
  }
  return new HttpError(400, 'bad-request', `This is not a sound HTTP request: ${error.message}.`)
}
