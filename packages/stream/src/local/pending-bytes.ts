import { StorageError } from '../errors.ts'
import type { PutRefused } from '../record.ts'

/** Counts the bytes that wait to be written, and says when there are too many. */
export class PendingBytes {
  readonly #max: number
  readonly refusal: PutRefused
  #bytes = 0

  constructor(bytesMax: number) {
    this.#max = bytesMax
    this.refusal = {
      accepted: false,
      retryable: true,
      reason: 'throughput-exceeded',
      message: `${bytesMax} bytes wait to be written already; put the record again in a while.`,
    }
  }

  get bytes(): number {
    return this.#bytes
  }

  /** False when there is no room. Where nothing waits there is room for anything, or it would never come in. */
  reserve(bytes: number): boolean {
    if (this.#bytes > 0 && this.#bytes + bytes > this.#max) return false
    this.#bytes += bytes
    return true
  }

  release(bytes: number): void {
    this.#bytes -= bytes
  }

  /** Runs work that holds so many bytes. Throws a retryable error when there is no room. */
  async hold<Result>(bytes: number, work: () => Promise<Result>): Promise<Result> {
    if (!this.reserve(bytes)) throw new StorageError(`${this.#bytes} bytes wait to be written already; try again in a while.`)
    try {
      return await work()
    } finally {
      this.release(bytes)
    }
  }
}
