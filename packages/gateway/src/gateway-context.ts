import type { AccessKeys } from './aws/signature/access-keys.ts'
import type { ByteBudget } from './ingest/byte-budget.ts'
import type { GatewayMetrics } from './gateway-metrics.ts'
import type { GatewaySettings } from './gateway-options.ts'
import type { GatewayServices } from './gateway-services.ts'

/** What the routes of one gateway share. */
export interface GatewayContext {
  readonly services: GatewayServices
  readonly settings: GatewaySettings
  readonly metrics: GatewayMetrics
  /** Of the ingest requests under way. */
  readonly budget: ByteBudget
  /** Those that requests of AWS's APIs may be signed with. */
  readonly accessKeys: AccessKeys
  /** Aborted when the gateway begins to close. */
  readonly closing: AbortSignal
}
