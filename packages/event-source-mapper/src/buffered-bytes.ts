/** Bytes of all shards of a mapper that wait for an invocation, so that many shards together stay within one bound. */
export class BufferedBytes {
  #bytesMax: number
  readonly #waiting = new Set<() => void>()
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get bytes(): number {
    return this.#bytes
  }

  get full(): boolean {
    return this.#bytes >= this.#bytesMax
  }

  set bytesMax(bytesMax: number) {
    const wasFull = this.full
    this.#bytesMax = bytesMax
    this.#tellIf(wasFull && !this.full)
  }

  add(bytes: number): void {
    this.#bytes += bytes
  }

  remove(bytes: number): void {
    const wasFull = this.full
    this.#bytes -= bytes
    this.#tellIf(wasFull && !this.full)
  }

  #tellIf(room: boolean): void {
    if (room) for (const callback of this.#waiting) callback()
  }

  /** Calls back whenever there is room again, until the function answered is called. */
  onRoom(callback: () => void): () => void {
    this.#waiting.add(callback)
    return () => void this.#waiting.delete(callback)
  }
}
