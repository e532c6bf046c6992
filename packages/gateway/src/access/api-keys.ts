import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** Knows the API keys by their hashes, and compares in a time that tells nothing about them. */
export class ApiKeys {
  readonly #hashes: readonly Buffer[]

  constructor(keys: readonly string[]) {
    this.#hashes = keys.map(hash)
  }

  /** Whether a key is asked for at all. */
  get required(): boolean {
    return this.#hashes.length > 0
  }

  /** Looks at `Authorization: Bearer …` and `X-Api-Key`. */
  accept(headers: IncomingHttpHeaders): boolean {
    const given = keyOf(headers)
    if (given === undefined) return false
    const presented = hash(given)
    let found = false
    for (const known of this.#hashes) found = timingSafeEqual(presented, known) || found
    return found
  }
}

function keyOf(headers: IncomingHttpHeaders): string | undefined {
  const direct = headers['x-api-key']
  if (typeof direct === 'string') return direct
  return /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1]
}

function hash(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest()
}
