/** Bytes of records that all shards of a mapper hold on to, from their poll until they are settled, so that many shards together stay within one bound. */
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

  /** What each shard may hold however much the others do: one that is stuck takes nothing from them but what is beyond it. */
  get share(): number {
    return this.#bytesMax / Math.max(1, this.#waiting.size)
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
