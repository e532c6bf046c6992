/** Room for some bytes that are under way, until it is disposed of. */
export interface ByteRoom extends Disposable {
  /** It turned out to be so many. */
  resize(bytes: number): void
}

/** Lets work begin while fewer bytes than its limit are under way, first come, first served: the last one to begin may take it past that. */
export class ByteGate {
  readonly #bytesMax: number
  #bytes = 0
  /** In the order in which they came. */
  readonly #waiting = new Set<() => void>()

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** `bytes` is what the work may take at most. Rejects with the signal's reason. */
  async enter(bytes: number, signal?: AbortSignal): Promise<ByteRoom> {
    signal?.throwIfAborted()
    if (this.#bytes < this.#bytesMax) this.#bytes += bytes
    else await this.#wait(bytes, signal)
    let held = bytes
    const resize = (to: number): void => {
      this.#add(to - held)
      held = to
    }
    return { resize, [Symbol.dispose]: () => resize(0) }
  }

  async #wait(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const begin = (): void => {
      this.#bytes += bytes
      resolve()
    }
    const abort = (): void => {
      // One that may begin already gives its room back by itself.
      if (this.#waiting.delete(begin)) reject(signal?.reason as Error)
    }
    this.#waiting.add(begin)
    signal?.addEventListener('abort', abort, { once: true })
    try {
      await promise
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  #add(bytes: number): void {
    this.#bytes += bytes
    for (const begin of this.#waiting) {
      if (this.#bytes >= this.#bytesMax) return
      this.#waiting.delete(begin)
      begin()
    }
  }
}
