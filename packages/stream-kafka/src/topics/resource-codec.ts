import { type JsonValue, NewerVersionError } from '@millrace/stream'

const version = 1

/** What someone wrote about a resource. Whether it holds is decided by what else stands in the log. */
export interface ResourceClaim {
  readonly kind: string
  readonly id: string
  /** One above that of the claim that its writer saw in force; 1 where there was none. */
  readonly generation: number
  /** Undefined: the resource is deleted. */
  readonly value: JsonValue | undefined
  /** When it was written, by its writer's clock. Milliseconds since the epoch. */
  readonly timestamp: number
}

export function encodeResourceClaim(claim: ResourceClaim): Buffer {
  return Buffer.from(JSON.stringify({ version, ...claim }))
}

/** Undefined for what is no claim. Throws `NewerVersionError` for one that a newer Millrace wrote. */
export function decodeResourceClaim(bytes: Uint8Array): ResourceClaim | undefined {
  let stored: Partial<ResourceClaim & { readonly version: number }> | null
  try {
    stored = JSON.parse(new TextDecoder().decode(bytes)) as typeof stored
  } catch {
    return undefined
  }
  if (typeof stored !== 'object' || stored === null || typeof stored.version !== 'number') return undefined
  if (stored.version > version) throw new NewerVersionError('A resource in Kafka', stored.version, version)
  const { kind, id, generation, value, timestamp } = stored as ResourceClaim
  return { kind, id, generation, value, timestamp }
}
