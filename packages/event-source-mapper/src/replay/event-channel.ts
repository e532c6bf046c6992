/** What several producers tell one reader. Whoever tells waits while `eventsMax` are not read yet. */
export class EventChannel<Event> {
  readonly #eventsMax: number
  #events: Event[] = []
  #end: { readonly error?: unknown } | undefined
  #wakeReader: (() => void) | undefined
  #waiting: (() => void)[] = []

  constructor(eventsMax: number) {
    this.#eventsMax = eventsMax
  }

  async push(event: Event): Promise<void> {
    while (this.#events.length >= this.#eventsMax && this.#end === undefined) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    this.#events.push(event)
    this.#wakeReader?.()
  }

  /** No more events come: with an error, the reader throws it once it has read what there is. */
  end(failure: { readonly error?: unknown } = {}): void {
    this.#end ??= failure
    this.#wakeReader?.()
    for (const wake of this.#waiting.splice(0)) wake()
  }

  async *read(): AsyncGenerator<Event, void> {
    for (;;) {
      const events = this.#events
      this.#events = []
      for (const wake of this.#waiting.splice(0)) wake()
      yield* events
      if (this.#events.length > 0) continue
      if (this.#end !== undefined) {
        if ('error' in this.#end) throw this.#end.error
        return
      }
      await new Promise<void>((resolve) => (this.#wakeReader = resolve))
      this.#wakeReader = undefined
    }
  }
}
