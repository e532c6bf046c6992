/** The options do not make a gateway that may run. The message names each option, its value and what it should be. */
export class GatewayOptionsError extends Error {
  readonly retryable = false
  override readonly name = 'GatewayOptionsError'
}

/** The address cannot be listened on. `retryable` where another program holds it: that may end. */
export class GatewayListenError extends Error {
  readonly retryable: boolean
  override readonly name = 'GatewayListenError'
  /** The system's code, e.g. `EADDRINUSE`. */
  readonly code: string
  constructor(host: string, port: number, cause: NodeJS.ErrnoException) {
    const code = cause.code ?? 'unknown'
    super(`Cannot listen on ${host}, port ${port}: ${explain(code, cause.message)}`, { cause })
    this.code = code
    this.retryable = code === 'EADDRINUSE'
  }
}

function explain(code: string, message: string): string {
  if (code === 'EADDRINUSE') {
    return 'another program (perhaps another millrace) listens there. Stop that program, or choose another port.'
  }
  if (code === 'EACCES') return 'this user may not use that port. Choose a port above 1023, or grant the permission.'
  if (code === 'EADDRNOTAVAIL') return 'this machine has no such address. Choose 127.0.0.1, or an address of this machine.'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return 'that host name does not resolve. Choose 127.0.0.1, or an address of this machine.'
  return message
}
