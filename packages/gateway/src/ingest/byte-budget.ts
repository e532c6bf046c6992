import { HttpError } from '../http/http-error.ts'

/** A bound on the memory of all requests under way. Each takes a lease, lets it grow with what arrives, and gives it back. */
export class ByteBudget {
  readonly bytesMax: number
  readonly #retryAfterMs: number
  #used = 0

  constructor(bytesMax: number, retryAfterMs: number) {
    this.bytesMax = bytesMax
    this.#retryAfterMs = retryAfterMs
  }

  get used(): number {
    return this.#used
  }

  lease(): ByteLease {
    let held = 0
    return {
      // A request that could not fit even alone would be told to come back for ever.
      require: (bytes) => {
        if (this.#used + bytes > this.bytesMax) throw held + bytes > this.bytesMax ? this.#tooLarge() : this.#full()
      },
      grow: (bytes) => {
        if (this.#used + bytes > this.bytesMax) throw held + bytes > this.bytesMax ? this.#tooLarge() : this.#full()
        held += bytes
        this.#used += bytes
      },
      release: () => {
        this.#used -= held
        held = 0
      },
    }
  }

  #tooLarge(): HttpError {
    return new HttpError(
      413,
      'body-too-large',
      `This request alone needs more than the ${this.bytesMax} bytes of ingestBytesInFlightMax (every record counts its data and ${recordOverheadBytes} bytes); send it in parts.`,
    )
  }

  #full(): HttpError {
    return new HttpError(
      429,
      'throughput-exceeded',
      `The ingest requests under way hold ${this.#used} bytes of the ${this.bytesMax} that are allowed (ingestBytesInFlightMax); send this one again later.`,
      { retryable: true, headers: retryAfter(this.#retryAfterMs) },
    )
  }
}

/** A request's part of the budget. */
export interface ByteLease {
  /** Throws as `grow` would, and takes nothing. */
  require(bytes: number): void
  /** Throws an `HttpError`: 429 while others hold the rest, 413 if this request could never fit. */
  grow(bytes: number): void
  release(): void
}

/** Memory that a record takes beside its data. */
export const recordOverheadBytes = 160

/** `Retry-After` in whole seconds. */
export function retryAfter(milliseconds: number): { 'retry-after': string } {
  return { 'retry-after': String(Math.max(1, Math.ceil(milliseconds / 1000))) }
}
