import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import type { GatewayClock } from '../gateway-services.ts'

/**
 * After an answer that came before the end of the body: the rest is read and dropped for a while, then the connection is cut. Cut at once, the answer would
 * be lost to a client that is still sending.
 */
export function linger(message: IncomingMessage, clock: GatewayClock, timeoutMs: number): void {
  if (message.complete || message.destroyed) return
  const cancel = clock.schedule(timeoutMs, () => {
    if (message.complete) return
    // Of HTTP/2, one stream among others of its connection.
    if (isHttp2(message)) message.stream.close()
    else message.socket.destroy()
  })
  message.once('close', cancel).once('end', cancel)
  message.resume()
}

function isHttp2(message: IncomingMessage | Http2ServerRequest): message is Http2ServerRequest {
  return message.httpVersionMajor === 2
}
