import { InvalidLimitError, InvokerClosedError } from '../errors.ts'

/** What a process has by scope: one object each, for as long as it is not dropped. */
export class Scopes<T, Settings> {
  readonly #found = new Map<string, { readonly value: T; readonly settings: string }>()
  #closed = false

  /** Throws `InvalidLimitError` where the scope is there with other settings, `InvokerClosedError` when everything is closed. */
  get(scope: string, settings: Settings, make: () => T): T {
    if (this.#closed) throw new InvokerClosedError()
    const text = JSON.stringify(settings)
    const found = this.#found.get(scope)
    if (found === undefined) {
      const value = make()
      this.#found.set(scope, { value, settings: text })
      return value
    }
    if (found.settings === text) return found.value
    throw new InvalidLimitError(
      `The limit "${scope}" is ${found.settings} in this process already, and cannot be ${text} too. Ask for the same one, or close the first.`,
    )
  }

  /** The scope's settings are others from now on. */
  change(scope: string, settings: Settings): void {
    const found = this.#found.get(scope)
    if (found !== undefined) this.#found.set(scope, { value: found.value, settings: JSON.stringify(settings) })
  }

  drop(scope: string): void {
    this.#found.delete(scope)
  }

  values(): T[] {
    return [...this.#found.values()].map(({ value }) => value)
  }

  map<R>(convert: (value: T) => R): Map<string, R> {
    return new Map([...this.#found].map(([scope, { value }]) => [scope, convert(value)]))
  }

  close(): void {
    this.#closed = true
  }
}
