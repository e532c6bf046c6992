import type { IncomingMessage } from 'node:http'
import type { GatewayClock } from '../gateway-services.ts'

/**
 * After an answer that came before the end of the body: the rest is read and dropped for a while, then the connection is cut. Cut at once, the answer would
 * be lost to a client that is still sending.
 */
export function linger(message: IncomingMessage, clock: GatewayClock, timeoutMs: number): void {
  if (message.complete || message.destroyed) return
  const cancel = clock.schedule(timeoutMs, () => {
    if (!message.complete) message.socket.destroy()
  })
  message.once('close', cancel).once('end', cancel)
  message.resume()
}
