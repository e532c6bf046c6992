import type { GatewayContext } from '../gateway-context.ts'
import type { ConsumerStore } from './streams/consumer-store.ts'
import type { StreamDetailsStore } from './streams/stream-details.ts'

/** What the operations share. */
export interface KinesisContext extends GatewayContext {
  readonly details: StreamDetailsStore
  readonly consumers: ConsumerStore
}
