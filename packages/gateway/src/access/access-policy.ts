import type { IncomingHttpHeaders } from 'node:http'
import { HttpError } from '../http/http-error.ts'
import { ApiKeys } from './api-keys.ts'
import { hostNameOf, originHostNameOf } from './host-name.ts'
import { isLoopbackName } from './loopback.ts'

/** What of a request decides whether it is let in. */
export interface AccessRequest {
  readonly headers: IncomingHttpHeaders
  /** Address of this machine that the connection came in on. */
  readonly localAddress: string | undefined
  /** The route answers without a key. */
  readonly keyless: boolean
  /** The route looks at signatures by itself: where access keys are set, a request without an API key is left to it. */
  readonly signed: boolean
}

/**
 * Lets requests in or not. A browser reaches loopback for any page that it shows, under any name that a page's owner lets resolve to 127.0.0.1: so the
 * names in Host and Origin have to be ours.
 */
export class AccessPolicy {
  readonly #allowedHosts: ReadonlySet<string>
  readonly #keys: ApiKeys
  readonly #signatures: boolean

  constructor(settings: {
    readonly allowedHosts: readonly string[]
    readonly apiKeys: readonly string[]
    readonly accessKeys: readonly string[]
  }) {
    this.#allowedHosts = new Set(settings.allowedHosts.map((name) => name.toLowerCase().replace(/\.$/, '')))
    this.#keys = new ApiKeys(settings.apiKeys)
    this.#signatures = settings.accessKeys.length > 0
  }

  /** Throws the `HttpError` to answer with: 403 for a foreign Host or Origin, 401 without a valid key. */
  check(request: AccessRequest): void {
    const { host, origin } = request.headers
    const hostName = hostNameOf(host)
    if (hostName === undefined || !this.#isOurs(hostName, request.localAddress)) {
      throw new HttpError(
        403,
        'forbidden-host',
        `The Host header ${JSON.stringify(host ?? '')} names neither this machine's loopback nor one of allowedHosts; add the public name of this gateway to allowedHosts.`,
      )
    }
    if (origin !== undefined) this.#checkOrigin(origin, request.localAddress)
    if (request.keyless || (request.signed && this.#signatures)) return
    // With access keys alone, what cannot be signed is open to nobody.
    if ((this.#keys.required || this.#signatures) && !this.#keys.accept(request.headers)) throw unauthorized()
  }

  #checkOrigin(origin: string, localAddress: string | undefined): void {
    const name = originHostNameOf(origin)
    if (name !== undefined && this.#isOurs(name, localAddress)) return
    throw new HttpError(
      403,
      'forbidden-origin',
      `Requests from pages of the origin ${JSON.stringify(origin)} are refused; add its host name to allowedHosts to let them in.`,
    )
  }

  /** An address is no name: nobody can let it resolve to somewhere else, so the address that the connection was made to is ours. */
  #isOurs(name: string, localAddress: string | undefined): boolean {
    return isLoopbackName(name) || this.#allowedHosts.has(name) || name === localAddress?.replace(/^::ffff:/, '')
  }
}

function unauthorized(): HttpError {
  return new HttpError(
    401,
    'unauthorized',
    'This gateway asks for an API key: send it as "Authorization: Bearer KEY" or "X-Api-Key: KEY".',
    { headers: { 'www-authenticate': 'Bearer realm="millrace"' } },
  )
}
