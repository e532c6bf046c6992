import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { constants, createServer, type Http2Server, type ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { GatewaySettings } from '../gateway-options.ts'

/** The HTTP/2 side of a server. */
export interface Http2Beside {
  /** Lets each connection answer what is under way, then ends it. */
  close(): void
  /** Cuts all of its connections. */
  destroy(): void
}

export interface Http2BesideOptions
  extends Pick<GatewaySettings, 'headerBytesMax' | 'headersTimeoutMs' | 'requestTimeoutMs' | 'keepAliveTimeoutMs'> {
  /** Takes requests as the HTTP/1.1 server's does: those of HTTP/2 have the same shape. */
  readonly route: (request: IncomingMessage, response: ServerResponse) => void
  /** Is told of each connection that turns out to be HTTP/2. */
  onConnection(socket: Socket): void
}

const streamsMax = 256
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

/**
 * Lets an HTTP/1.1 server answer HTTP/2 on the same port: with TLS where the client chooses it (ALPN), else where it begins with HTTP/2's preface, as AWS's
 * SDKs do at an http:// endpoint.
 */
export function serveHttp2(server: Server, options: Http2BesideOptions): Http2Beside {
  const http2 = createHttp2(options)
  const sessions = new Set<ServerHttp2Session>()
  http2.on('session', (session) => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
    session.setTimeout(options.keepAliveTimeoutMs, () => session.close())
  })
  const event = 'setSecureContext' in server ? 'secureConnection' : 'connection'
  const http1 = server.listeners(event)
  server.removeAllListeners(event)
  const takeHttp1 = (socket: Socket): void => {
    for (const listener of http1) listener.call(server, socket)
  }
  const takeHttp2 = (socket: Socket): void => {
    options.onConnection(socket)
    http2.emit('connection', socket)
  }
  server.on(event, (socket: Socket) => {
    if (event === 'connection') lookAtFirstBytes(socket, options.headersTimeoutMs, takeHttp1, takeHttp2)
    else if ((socket as TLSSocket).alpnProtocol === 'h2') takeHttp2(socket)
    else takeHttp1(socket)
  })
  return {
    close: () => {
      for (const session of sessions) session.close()
    },
    destroy: () => {
      for (const session of sessions) session.destroy()
    },
  }
}

function createHttp2({ headerBytesMax, requestTimeoutMs, route }: Http2BesideOptions): Http2Server {
  const http2 = createServer({
    maxSendHeaderBlockLength: headerBytesMax,
    settings: { maxConcurrentStreams: streamsMax, maxHeaderListSize: headerBytesMax, initialWindowSize: 1024 * 1024 },
  })
  http2.on('request', (request, response) => {
    request.stream.setTimeout(requestTimeoutMs, () => request.stream.close(constants.NGHTTP2_CANCEL))
    if (request.headers.host === undefined && request.authority !== '') request.headers.host = request.authority
    route(request as unknown as IncomingMessage, response as unknown as ServerResponse)
  })
  // What breaks a connection is its client's matter.
  http2.on('sessionError', () => undefined)
  return http2
}

/** Waits for as many bytes as tell the two protocols apart, and gives them back. */
function lookAtFirstBytes(socket: Socket, timeoutMs: number, http1: (socket: Socket) => void, http2: (socket: Socket) => void): void {
  const seen: Buffer[] = []
  const timer = setTimeout(() => socket.destroy(), timeoutMs).unref()
  const forget = (): void => {
    clearTimeout(timer)
    socket.off('data', look).off('error', ignore).off('close', forget)
  }
  const look = (chunk: Buffer): void => {
    seen.push(chunk)
    const bytes = seen.length === 1 ? chunk : Buffer.concat(seen)
    const length = Math.min(bytes.byteLength, preface.byteLength)
    const isPreface = bytes.subarray(0, length).equals(preface.subarray(0, length))
    if (isPreface && length < preface.byteLength) return
    forget()
    socket.pause()
    socket.unshift(bytes)
    if (isPreface) http2(socket)
    else {
      http1(socket)
      socket.resume()
    }
  }
  socket.on('data', look).on('error', ignore).on('close', forget)
}

function ignore(): void {
  // An error ends the connection: 'close' follows.
}
