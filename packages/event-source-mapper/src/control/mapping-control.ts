import type { ResourceChange } from '@millrace/stream'
import { messageOf } from '../warnings.ts'
import { pause } from '../waiting.ts'
import type { KnownMapping, MappingControlOptions } from './mapping-control-options.ts'
import { decodeMapping, mappingKind } from './mapping-document.ts'
import { MappingRun } from './mapping-run.ts'
import { MappingStore } from './mapping-store.ts'
import { ProcessingResults } from './processing-results.ts'

/** The mappings of this process, as they are wished for over the API of any. */
export interface MappingControl {
  /** By UUID, ascending. */
  mappings(): readonly KnownMapping[]
  /** Resolves with the error when the wishes cannot be followed any more: a newer Millrace has moved in. */
  readonly failed: Promise<Error>
  /** Stops polling, and resolves when the work in hand is settled. The mappings stay as they are wished for. */
  stop(): Promise<void>
}

const watchAgainMs = 1_000
/** How often it is looked what the mappings' last processing came to. */
const resultIntervalMs = 5_000

/** Begins to do what is wished for. Resolves when everything that there is has been begun. Rejects when the wishes cannot be read. */
export async function runMappingControl(options: MappingControlOptions): Promise<MappingControl> {
  const control = new Control(options)
  await control.start()
  return control
}

class Control implements MappingControl {
  readonly failed: Promise<Error>
  readonly #options: MappingControlOptions
  readonly #store: MappingStore
  readonly #results: ProcessingResults
  readonly #runs = new Map<string, MappingRun>()
  /** Mappings that are not there any more, until they are let go. */
  readonly #leaving = new Set<Promise<void>>()
  readonly #stopping = new AbortController()
  readonly #fail: (error: Error) => void
  #watching: Promise<void> | undefined
  #cancelLook: () => void = () => {}

  constructor(options: MappingControlOptions) {
    const { promise, resolve } = Promise.withResolvers<Error>()
    this.failed = promise
    this.#fail = resolve
    this.#options = options
    this.#store = new MappingStore(options.resources, options.clock)
    this.#results = new ProcessingResults(options.resources)
  }

  async start(): Promise<void> {
    const begun = Promise.withResolvers<void>()
    this.#watching = this.#watch(begun.resolve).catch((error: unknown) => {
      begun.reject(error)
      if (!this.#stopping.signal.aborted) this.#fail(error as Error)
    })
    await begun.promise
    this.#lookLater()
  }

  mappings(): readonly KnownMapping[] {
    return [...this.#runs.values()]
      .toSorted((one, other) => (one.uuid < other.uuid ? -1 : 1))
      .map((run) => run.known)
      .filter((known) => known !== undefined)
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#cancelLook()
    await Promise.all([...[...this.#runs.values()].map((run) => run.stop()), ...this.#leaving, this.#watching])
  }

  async #watch(begun: () => void): Promise<void> {
    const { resources, clock, onWarning } = this.#options
    const { signal } = this.#stopping
    for (let isFirst = true; !signal.aborted; ) {
      try {
        let isWhole = true
        for await (const changes of resources.watch(mappingKind, signal)) {
          const followed = this.#apply(changes, isWhole)
          isWhole = false
          if (!isFirst) continue
          isFirst = false
          await followed
          begun()
        }
      } catch (error) {
        const passes = error instanceof Error && 'retryable' in error && error.retryable === true
        if (isFirst || !passes) throw error
        onWarning(`Changes of event source mappings are not seen at present: ${messageOf(error)}`)
        await pause(clock, watchAgainMs, signal)
      }
    }
  }

  /** `isWhole`: what is not among the changes is not there. */
  async #apply(changes: readonly ResourceChange[], isWhole: boolean): Promise<void> {
    const followed: Promise<void>[] = []
    const ids = new Set(changes.map(({ id }) => id))
    for (const change of changes) {
      const { value } = change
      if (value === undefined) {
        this.#leave(change.id)
        continue
      }
      const wished = decodeMapping({ ...change, value })
      const run = this.#runs.get(change.id)
      if (run !== undefined) {
        followed.push(run.wish(wished))
        continue
      }
      const added = new MappingRun(wished, { ...this.#options, store: this.#store, results: this.#results })
      this.#runs.set(change.id, added)
      followed.push(added.follow())
    }
    if (isWhole) for (const uuid of this.#runs.keys()) if (!ids.has(uuid)) this.#leave(uuid)
    await Promise.all(followed)
  }

  #leave(uuid: string): void {
    const run = this.#runs.get(uuid)
    if (run === undefined) return
    this.#runs.delete(uuid)
    const done = run
      .wish(undefined)
      .then(() => run.stop())
      .finally(() => this.#leaving.delete(done))
    this.#leaving.add(done)
  }

  #lookLater(): void {
    this.#cancelLook = this.#options.clock.schedule(resultIntervalMs, () => {
      void this.#look().finally(() => {
        if (!this.#stopping.signal.aborted) this.#lookLater()
      })
    })
  }

  /** Writes down what the last processing came to. What cannot be written at present is with the next look. */
  async #look(): Promise<void> {
    for (const run of this.#runs.values()) {
      const result = run.running?.look()
      if (result !== undefined) await this.#results.record(run.uuid, result).catch(() => {})
    }
  }
}
