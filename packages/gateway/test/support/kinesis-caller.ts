import { createMemoryStreams } from '@millrace/stream'
import { ManualClock } from '@millrace/testing'
import type { FastifyInstance } from 'fastify'
import type { GatewayOptions } from '../../src/gateway-options.ts'
import { decodeCbor } from '../../src/kinesis/wire/cbor-decode.ts'
import { encodeCbor } from '../../src/kinesis/wire/cbor-encode.ts'
import { FakeServices, testServer } from './test-gateway.ts'

export interface KinesisAnswer {
  readonly status: number
  readonly body: Record<string, never>
}

/** A gateway over streams in memory, which Kinesis's API is called of. */
export class KinesisCaller {
  readonly clock: ManualClock = new ManualClock(1_700_000_000_000)
  readonly services: FakeServices = new FakeServices(this.clock)
  readonly server: FastifyInstance

  constructor(options: GatewayOptions = {}) {
    const streams = createMemoryStreams({ clock: this.clock })
    this.services.streams = streams
    this.services.resources = streams.resources
    this.server = testServer(options, this.services).server
  }

  /** A body that is no object goes as it is. */
  async call(name: string, input: unknown, headers: Readonly<Record<string, string>> = {}): Promise<KinesisAnswer> {
    const isCbor = headers['content-type'] === 'application/x-amz-cbor-1.1'
    const payload = typeof input === 'string' || input instanceof Uint8Array ? input : isCbor ? encodeCbor(input) : JSON.stringify(input)
    const response = await this.server.inject({
      method: 'POST',
      url: '/',
      payload: typeof payload === 'string' ? payload : Buffer.from(payload),
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Kinesis_20131202.${name}`, ...headers },
    })
    const { rawPayload: raw } = response
    const body: unknown = raw.byteLength === 0 ? {} : isCbor ? decodeCbor(raw) : JSON.parse(raw.toString())
    return { status: response.statusCode, body: body as Record<string, never> }
  }

  /** The output of a call that has to go well. */
  async ok<Output = Record<string, never>>(
    name: string,
    input: object = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Output> {
    const { status, body } = await this.call(name, input, headers)
    if (status !== 200) throw new Error(`${name}: ${status} ${JSON.stringify(body)}`)
    return body as Output
  }

  /** Type and message of a call that has to fail. */
  async refused(name: string, input: unknown, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const { status, body } = await this.call(name, input, headers)
    if (status === 200) throw new Error(`${name} went well.`)
    return `${status} ${String(body.__type)}: ${String(body.message)}`
  }
}
