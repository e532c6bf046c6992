import { createGateway } from '../../src/gateway.ts'
import type { GatewayOptions } from '../../src/gateway-options.ts'
import { FakeServices } from './test-gateway.ts'

/** A gateway over fake services that listens on a free port until its block ends. */
export interface RunningGateway extends AsyncDisposable {
  readonly url: string
  readonly services: FakeServices
  close(): Promise<void>
  ingest(body: string | Uint8Array, headers?: Readonly<Record<string, string>>): Promise<Response>
}

export async function runningGateway(options: GatewayOptions = {}, services: FakeServices = new FakeServices()): Promise<RunningGateway> {
  const gateway = await createGateway(services, { port: 0, ...options })
  const { url } = await gateway.listen()
  return {
    url,
    services,
    close: () => gateway.close(),
    ingest: (body, headers = {}) => fetch(`${url}/ingest/logs`, { method: 'POST', body: body as string, headers }),
    [Symbol.asyncDispose]: () => gateway.close(),
  }
}

/** The value of a metric without labels, or with exactly these. */
export async function metric(services: FakeServices, name: string): Promise<number> {
  const line = (await services.metrics.metrics()).split('\n').find((candidate) => candidate.startsWith(`${name} `))
  return Number(line?.split(' ')[1] ?? 0)
}

/** Resolves when `holds` does: for what another thread of control brings about, and nothing announces. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve))
}
