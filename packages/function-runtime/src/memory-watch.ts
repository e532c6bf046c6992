import type { HeapInfo } from 'node:v8'
import type { Clock } from './clock.ts'

/** What is watched: an environment's heap, while it is busy. */
export interface WatchedEnvironment {
  busy(): boolean
  /** Undefined when the thread is gone. */
  heap(): Promise<HeapInfo | undefined>
  onMeasured(bytes: number): void
  onLimit(): void
}

/**
 * Looks at the memory of a busy environment from time to time. V8 limits the heap by itself; for buffers, which are outside of it, there is no other limit
 * than this one.
 */
export class MemoryWatch {
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #bytesMax: number
  readonly #environment: WatchedEnvironment
  #cancel: (() => void) | undefined
  #stopped = false

  constructor(clock: Clock, intervalMs: number, bytesMax: number, environment: WatchedEnvironment) {
    this.#clock = clock
    this.#intervalMs = intervalMs
    this.#bytesMax = bytesMax
    this.#environment = environment
  }

  /** The environment is busy: it is looked at until it is idle again. */
  begin(): void {
    if (this.#cancel !== undefined || this.#stopped) return
    this.#cancel = this.#clock.schedule(this.#intervalMs, () => void this.#look())
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }

  async #look(): Promise<void> {
    const environment = this.#environment
    const heap = environment.busy() ? await environment.heap() : undefined
    this.#cancel = undefined
    if (heap === undefined || this.#stopped) return
    environment.onMeasured(heap.total_heap_size + heap.malloced_memory + heap.external_memory)
    if (heap.used_heap_size + heap.external_memory > this.#bytesMax) environment.onLimit()
    else if (environment.busy()) this.begin()
  }
}
