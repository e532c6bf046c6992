import type { ResourceClaim } from './resource-codec.ts'

/** A claim in the log. */
export interface PlacedClaim extends ResourceClaim {
  /** Its own among all claims. */
  readonly key: string
  readonly position: number
}

/**
 * The claims of one topic that are not withdrawn. Of the claims on a resource that of the highest generation is in force, and of those with the same generation
 * the first in the log. So every process agrees, whichever superseded claims compaction has taken already: a writer bases its claim on the one in force, which
 * nobody withdraws before a later one has been seen in the log.
 */
export class ResourceClaims {
  readonly #byResource = new Map<string, Map<string, PlacedClaim>>()
  readonly #resourceOfKey = new Map<string, string>()

  /** The claim in force. */
  inForce(kind: string, id: string): PlacedClaim | undefined {
    let first: PlacedClaim | undefined
    for (const claim of this.of(kind, id)) if (first === undefined || precedes(claim, first)) first = claim
    return first
  }

  of(kind: string, id: string): readonly PlacedClaim[] {
    return [...(this.#byResource.get(resourceKey(kind, id))?.values() ?? [])]
  }

  add(claim: PlacedClaim): void {
    const resource = resourceKey(claim.kind, claim.id)
    const claims = this.#byResource.get(resource) ?? new Map<string, PlacedClaim>()
    claims.set(claim.key, claim)
    this.#byResource.set(resource, claims)
    this.#resourceOfKey.set(claim.key, resource)
  }

  /** Answers the claim. */
  withdraw(key: string): PlacedClaim | undefined {
    const resource = this.#resourceOfKey.get(key)
    if (resource === undefined) return undefined
    this.#resourceOfKey.delete(key)
    const claims = this.#byResource.get(resource)
    const claim = claims?.get(key)
    claims?.delete(key)
    if (claims?.size === 0) this.#byResource.delete(resource)
    return claim
  }

  /** Every claim on resources that were deleted before the time. */
  deletedBefore(timestamp: number): readonly PlacedClaim[] {
    const found: PlacedClaim[] = []
    for (const claims of this.#byResource.values()) {
      const [any] = claims.values()
      const claim = any && this.inForce(any.kind, any.id)
      if (claim !== undefined && claim.value === undefined && claim.timestamp < timestamp) found.push(...claims.values())
    }
    return found
  }
}

function precedes(one: PlacedClaim, other: PlacedClaim): boolean {
  return one.generation === other.generation ? one.position < other.position : one.generation > other.generation
}

function resourceKey(kind: string, id: string): string {
  return `${kind}/${id}`
}
