/** The least number of buckets that are looked through for those that can go. */
const sweepSizeMin = 256

/**
 * What belongs to each key, made when the key comes first. What nothing would be lost by forgetting is forgotten as the number doubles, so memory
 * follows the keys that are in use.
 */
export class Buckets<B> {
  readonly #make: (key: string, now: number) => B
  readonly #canGo: (bucket: B, now: number) => boolean
  readonly #buckets = new Map<string, B>()
  #sweepSize = sweepSizeMin

  constructor(make: (key: string, now: number) => B, canGo: (bucket: B, now: number) => boolean) {
    this.#make = make
    this.#canGo = canGo
  }

  get size(): number {
    return this.#buckets.size
  }

  get(key: string, now: number): B {
    const found = this.#buckets.get(key)
    if (found !== undefined) return found
    if (this.#buckets.size >= this.#sweepSize) this.#sweep(now)
    const made = this.#make(key, now)
    this.#buckets.set(key, made)
    return made
  }

  #sweep(now: number): void {
    for (const [key, bucket] of this.#buckets) if (this.#canGo(bucket, now)) this.#buckets.delete(key)
    this.#sweepSize = Math.max(sweepSizeMin, 2 * this.#buckets.size)
  }
}
