import { InvokeError, type Permit } from '@millrace/function'

/** A permit was used for another function, after its release, or twice at once. A mistake of the caller: nothing was run. */
export class InvalidPermitError extends InvokeError {
  readonly retryable = false
}

/** A permit of this runtime. */
export class ExecutionPermit implements Permit {
  readonly functionName: string
  readonly #give: () => void
  #state: 'held' | 'used' | 'released' | 'released-in-use' = 'held'

  constructor(functionName: string, give: () => void) {
    this.functionName = functionName
    this.#give = give
  }

  /** Begins an invocation. Throws `InvalidPermitError`. */
  use(functionName: string): void {
    if (functionName !== this.functionName) {
      throw new InvalidPermitError(`A permit for "${this.functionName}" does not allow an invocation of "${functionName}".`)
    }
    if (this.#state === 'used') throw new InvalidPermitError(`An invocation of "${functionName}" runs under this permit already.`)
    if (this.#state !== 'held') throw new InvalidPermitError(`This permit for "${functionName}" was released.`)
    this.#state = 'used'
  }

  /** Ends the invocation. */
  leave(): void {
    if (this.#state === 'released-in-use') this.#give()
    this.#state = this.#state === 'used' ? 'held' : 'released'
  }

  release(): void {
    if (this.#state === 'held') {
      this.#state = 'released'
      this.#give()
    } else if (this.#state === 'used') this.#state = 'released-in-use'
  }
}
