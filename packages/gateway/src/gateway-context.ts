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
}
