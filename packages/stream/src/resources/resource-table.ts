import type { Resource, ResourceChange } from '../resources.ts'

interface Watcher {
  readonly kind: string
  /** The last change of each id since the watcher was last told. */
  changes: Map<string, ResourceChange>
  wake: () => void
}

/** Resources in memory, as they stand after every change so far, and those who want to hear of the next ones. */
export class ResourceTable {
  readonly #kinds = new Map<string, Map<string, Resource>>()
  readonly #watchers = new Set<Watcher>()
  #ended: Error | undefined

  get(kind: string, id: string): Resource | undefined {
    return this.#kinds.get(kind)?.get(id)
  }

  /** By id, ascending. */
  list(kind: string): readonly Resource[] {
    return [...(this.#kinds.get(kind)?.values() ?? [])].toSorted((one, other) => (one.id < other.id ? -1 : 1))
  }

  /** Puts it, or takes it away where it has no value. */
  apply(change: ResourceChange): void {
    const { kind, id, value } = change
    let resources = this.#kinds.get(kind)
    if (resources === undefined) {
      resources = new Map()
      this.#kinds.set(kind, resources)
    }
    if (value === undefined) resources.delete(id)
    else resources.set(id, { ...change, value })
    for (const watcher of this.#watchers) {
      if (watcher.kind !== kind) continue
      watcher.changes.set(id, change)
      watcher.wake()
    }
  }

  /** As `ResourceStore.watch`, from what is in the table now. */
  async *watch(kind: string, signal: AbortSignal): AsyncGenerator<readonly ResourceChange[], void> {
    const watcher: Watcher = { kind, changes: new Map(), wake: () => {} }
    const wake = (): void => watcher.wake()
    signal.addEventListener('abort', wake)
    this.#watchers.add(watcher)
    try {
      yield this.list(kind)
      for (;;) {
        if (this.#ended !== undefined) throw this.#ended
        if (signal.aborted) return
        if (watcher.changes.size === 0) {
          const { promise, resolve } = Promise.withResolvers<void>()
          watcher.wake = resolve
          await promise
          continue
        }
        const changes = [...watcher.changes.values()]
        watcher.changes = new Map()
        yield changes
      }
    } finally {
      signal.removeEventListener('abort', wake)
      this.#watchers.delete(watcher)
    }
  }

  /** Whoever watches gets the error. */
  end(error: Error): void {
    this.#ended = error
    for (const watcher of this.#watchers) watcher.wake()
  }
}
