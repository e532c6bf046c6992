import type { SignatureGate } from '../aws/signature/signature-gate.ts'
import type { GatewayContext } from '../gateway-context.ts'
import type { Subscriptions } from './event-stream/subscriptions.ts'
import type { ConsumerStore } from './streams/consumer-store.ts'
import type { StreamDetailsStore } from './streams/stream-details.ts'

/** What the operations share. */
export interface KinesisContext extends GatewayContext {
  readonly details: StreamDetailsStore
  readonly consumers: ConsumerStore
  readonly subscriptions: Subscriptions
  readonly gate: SignatureGate
}
