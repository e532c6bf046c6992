import { createHash, type Hash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { ApiKeys } from '../../access/api-keys.ts'
import type { GatewayContext } from '../../gateway-context.ts'

/** Lets requests of one of AWS's APIs in by their signatures, where access keys are set. An API key will do instead. */
export class SignatureGate {
  readonly #service: string
  readonly #context: GatewayContext
  readonly #apiKeys: ApiKeys

  /** `service`: its name in signatures, e.g. `kinesis`. */
  constructor(service: string, context: GatewayContext) {
    this.#service = service
    this.#context = context
    this.#apiKeys = new ApiKeys(context.settings.apiKeys)
  }

  /** Hashes the body as it arrives; undefined where nobody asks for it. To be called before the body is read. */
  watchBody(request: FastifyRequest): Hash | undefined {
    if (!this.#asks(request)) return undefined
    const hash = createHash('sha256')
    request.raw.on('data', (chunk: Buffer) => hash.update(chunk))
    return hash
  }

  /** With the hash of the whole body. Throws `SignatureError`. */
  check(request: FastifyRequest, hash: Hash | undefined): void {
    if (hash === undefined || !this.#asks(request)) return
    const { method, raw, headers } = request
    const signed = { method, url: raw.url ?? '/', headers, bodyHash: hash.digest('hex') }
    this.#context.accessKeys.verify(signed, this.#service, this.#context.services.clock.now())
  }

  #asks({ headers }: FastifyRequest): boolean {
    return this.#context.accessKeys.required && !this.#apiKeys.accept(headers)
  }
}
