import type { Coordination } from '@millrace/function'
import { createLocalCoordination } from '@millrace/function-runtime'
import { systemClock } from '../system-clock.ts'
import type { BackendSettings } from './open-streams.ts'

/** Limits that hold for all processes: over Redis where it is given, else those of this process alone. */
export async function openCoordination(settings: BackendSettings, warn: (message: string) => void): Promise<Coordination> {
  if (settings.redis === undefined) return createLocalCoordination(systemClock)
  const { openRedisCoordination } = await import('@millrace/coordination-redis')
  return openRedisCoordination({ url: settings.redis, onStateChange: (change) => warn(change.message) })
}
