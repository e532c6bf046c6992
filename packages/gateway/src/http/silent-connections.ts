import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'

/** The connections of a server on which no request has come yet. */
export interface SilentConnections {
  /** It has said something. */
  forget(socket: Socket): void
  destroy(): void
}

/** Browsers open connections ahead of need. A closing server takes one that never said anything for a busy one, and would wait for it. */
export function trackSilentConnections(server: Server): SilentConnections {
  const silent = new Set<Socket>()
  const add = (socket: Socket): void => {
    silent.add(socket)
    socket.once('close', () => silent.delete(socket))
  }
  // With TLS, requests come on the socket of this second event.
  server.on('setSecureContext' in server ? 'secureConnection' : 'connection', add)
  server.on('request', (request: IncomingMessage) => silent.delete(request.socket))
  return {
    forget: (socket) => void silent.delete(socket),
    destroy: () => {
      for (const socket of silent) socket.destroy()
    },
  }
}
