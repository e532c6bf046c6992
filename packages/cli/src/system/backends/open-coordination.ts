import type { Coordination } from '@millrace/function'
import type { BackendSettings } from './open-streams.ts'

/** Limits that hold for all processes: over Redis where it is given; undefined: those of this process alone. */
export async function openCoordination(settings: BackendSettings, warn: (message: string) => void): Promise<Coordination | undefined> {
  if (settings.redis === undefined) return undefined
  const { openRedisCoordination } = await import('@millrace/coordination-redis')
  return openRedisCoordination({ url: settings.redis, onStateChange: (change) => warn(change.message) })
}
