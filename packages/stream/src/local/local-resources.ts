import { ResourceConflictError } from '../errors.ts'
import { resourceJson, assertResourceName } from '../resources/resource-limits.ts'
import { ResourceTable } from '../resources/resource-table.ts'
import type { JsonValue, Resource, ResourceChange, ResourceCondition, ResourceStore } from '../resources.ts'
import type { CommitQueue } from './commit-queue.ts'
import type { Operation, StoredResources } from './local-store.ts'

/** Resources in a local store, which is this process's alone: what is in memory is what is on disk. */
export class LocalResources implements ResourceStore {
  readonly #queue: CommitQueue
  readonly #assertOpen: () => void
  readonly #table = new ResourceTable()
  #version: number
  #changing: Promise<unknown> = Promise.resolve()

  constructor(stored: StoredResources, queue: CommitQueue, assertOpen: () => void) {
    this.#queue = queue
    this.#assertOpen = assertOpen
    this.#version = stored.lastVersion
    for (const resource of stored.resources) this.#table.apply(resource)
  }

  async get(kind: string, id: string): Promise<Resource | undefined> {
    this.#assertOpen()
    assertResourceName(kind, id)
    return this.#table.get(kind, id)
  }

  async list(kind: string): Promise<readonly Resource[]> {
    this.#assertOpen()
    assertResourceName(kind)
    return this.#table.list(kind)
  }

  async put(kind: string, id: string, value: JsonValue, condition: ResourceCondition = {}): Promise<Resource> {
    this.#assertOpen()
    const json = resourceJson(kind, id, value)
    return this.#inTurn(async () => {
      this.#check(kind, id, condition)
      // Of its own, whatever the caller does with its value.
      const resource = { kind, id, version: ++this.#version, value: JSON.parse(json) as JsonValue }
      await this.#commit({ kind: 'put-resource', resource }, resource)
      return resource
    })
  }

  async delete(kind: string, id: string, condition: ResourceCondition = {}): Promise<boolean> {
    this.#assertOpen()
    assertResourceName(kind, id)
    return this.#inTurn(async () => {
      this.#check(kind, id, condition)
      if (this.#table.get(kind, id) === undefined) return false
      const resource = { kind, id, version: ++this.#version, value: undefined }
      await this.#commit({ kind: 'delete-resource', resource }, resource)
      return true
    })
  }

  async *watch(kind: string, signal: AbortSignal): AsyncGenerator<readonly ResourceChange[], void> {
    this.#assertOpen()
    assertResourceName(kind)
    if (!signal.aborted) yield* this.#table.watch(kind, signal)
  }

  /** Whoever watches gets the error. */
  end(error: Error): void {
    this.#table.end(error)
  }

  #check(kind: string, id: string, { ifVersion }: ResourceCondition): void {
    const found = this.#table.get(kind, id)?.version ?? 0
    if (ifVersion !== undefined && ifVersion !== found) throw new ResourceConflictError(kind, id, ifVersion, found)
  }

  #commit(operation: Operation, change: ResourceChange): Promise<void> {
    return this.#queue.run(
      () => operation,
      () => this.#table.apply(change),
    )
  }

  /** What looks at a version, and then changes it, comes one after the other. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#changing.then(work)
    this.#changing = turn.catch(() => {})
    return turn
  }
}
