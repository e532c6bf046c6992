import { randomUUID } from 'node:crypto'
import {
  type Clock,
  type JsonValue,
  type Resource,
  type ResourceChange,
  type ResourceCondition,
  ResourceConflictError,
  type ResourceStore,
  StorageError,
} from '@millrace/stream'
import { assertResourceName, resourceJson, ResourceTable } from '@millrace/stream/local'
import { CompactedTopic, type CompactedTopicOptions } from './compacted-topic.ts'
import { type PlacedClaim, ResourceClaims } from './resource-claims.ts'
import { decodeResourceClaim, encodeResourceClaim } from './resource-codec.ts'

export interface KafkaResourcesOptions extends Omit<CompactedTopicOptions, 'onEntry'> {
  readonly clock: Clock
  /** How often the topic is looked at while someone watches. */
  readonly intervalMs: number
  readonly assertOpen: () => void
}

/** Puts of other processes that one without a condition gives way to, before it gives up. */
const attemptsMax = 100
/** A deletion is remembered for longer than any write can be under way, so that a stalled one does not bring the resource back. */
const rememberDeletedMs = 3_600_000

/**
 * Resources in a compacted topic. Kafka compares nothing before it writes: each write is a claim under a key of its own, and the order of the log says which
 * holds (see `ResourceClaims`). Whoever's claim does not hold withdraws it; whoever's does withdraws those before it. A resource's version is its claim's position,
 * and one.
 */
export class KafkaResources implements ResourceStore {
  readonly #options: KafkaResourcesOptions
  readonly #topic: CompactedTopic
  readonly #claims = new ResourceClaims()
  readonly #table = new ResourceTable()
  /** Keys of claims that are being written here, and of those the claims that were in force when their turn in the log came. */
  readonly #own = new Set<string>()
  readonly #held = new Map<string, PlacedClaim>()
  #failure: unknown
  #changing: Promise<unknown> = Promise.resolve()
  #cancel: (() => void) | undefined
  #watching = 0
  #ended = false

  constructor(options: KafkaResourcesOptions) {
    this.#options = options
    this.#topic = new CompactedTopic({ ...options, onEntry: ({ key, value, position }) => this.#apply(key, value, position) })
  }

  async get(kind: string, id: string): Promise<Resource | undefined> {
    assertResourceName(kind, id)
    await this.#refresh()
    return this.#table.get(kind, id)
  }

  async list(kind: string): Promise<readonly Resource[]> {
    assertResourceName(kind)
    await this.#refresh()
    return this.#table.list(kind)
  }

  async put(kind: string, id: string, value: JsonValue, condition: ResourceCondition = {}): Promise<Resource> {
    // Of its own, whatever the caller does with its value.
    const own = JSON.parse(resourceJson(kind, id, value)) as JsonValue
    return this.#inTurn(async () => {
      for (let attempt = 1; attempt <= attemptsMax; attempt++) {
        await this.#refresh()
        this.#check(kind, id, condition)
        const claim = await this.#claim(kind, id, own)
        if (claim !== undefined) return { kind, id, version: versionOf(claim), value: own }
      }
      throw new StorageError(`The resource "${id}" of kind "${kind}" is changed all the time by others; try again.`)
    })
  }

  async delete(kind: string, id: string, condition: ResourceCondition = {}): Promise<boolean> {
    assertResourceName(kind, id)
    return this.#inTurn(async () => {
      for (let attempt = 1; attempt <= attemptsMax; attempt++) {
        await this.#refresh()
        this.#check(kind, id, condition)
        if (this.#table.get(kind, id) === undefined) return false
        if ((await this.#claim(kind, id, undefined)) !== undefined) return true
      }
      throw new StorageError(`The resource "${id}" of kind "${kind}" is changed all the time by others; try again.`)
    })
  }

  async *watch(kind: string, signal: AbortSignal): AsyncGenerator<readonly ResourceChange[], void> {
    assertResourceName(kind)
    if (signal.aborted) return
    await this.#refresh()
    this.#watching++
    this.#follow()
    try {
      yield* this.#table.watch(kind, signal)
    } finally {
      this.#watching--
    }
  }

  /** Whoever watches gets the error. */
  end(error: Error): void {
    this.#ended = true
    this.#cancel?.()
    this.#cancel = undefined
    this.#table.end(error)
  }

  #check(kind: string, id: string, { ifVersion }: ResourceCondition): void {
    const found = this.#table.get(kind, id)?.version ?? 0
    if (ifVersion !== undefined && ifVersion !== found) throw new ResourceConflictError(kind, id, ifVersion, found)
  }

  /** Undefined: another process was faster. */
  async #claim(kind: string, id: string, value: JsonValue | undefined): Promise<PlacedClaim | undefined> {
    const before = this.#claims.of(kind, id)
    const generation = (this.#claims.inForce(kind, id)?.generation ?? 0) + 1
    const timestamp = this.#options.clock.now()
    const key = `${kind}/${id}/${randomUUID()}`
    this.#own.add(key)
    try {
      await this.#topic.write([{ key, value: encodeResourceClaim({ kind, id, generation, value, timestamp }) }])
      await this.#refresh()
    } finally {
      this.#own.delete(key)
    }
    const held = this.#held.get(key)
    this.#held.delete(key)
    const past =
      held === undefined ? [key] : [...before, ...this.#claims.deletedBefore(timestamp - rememberDeletedMs)].map((each) => each.key)
    // What stays for now is withdrawn with the next claim.
    if (past.length > 0) await this.#topic.write(past.map((each) => ({ key: each, value: null }))).catch(() => {})
    return held
  }

  async #refresh(): Promise<void> {
    this.#options.assertOpen()
    await this.#topic.refresh()
    if (this.#failure !== undefined) throw this.#failure
  }

  #apply(key: string, value: Uint8Array | undefined, position: number): void {
    if (value === undefined) {
      // No claim in force is withdrawn, except for a deletion.
      this.#claims.withdraw(key)
      return
    }
    try {
      const decoded = decodeResourceClaim(value)
      if (decoded === undefined) return
      const claim = { ...decoded, key, position }
      this.#claims.add(claim)
      if (this.#claims.inForce(claim.kind, claim.id) !== claim) return
      // Told here, in the order of the log: by the time that its writer looks, others may have put theirs upon it.
      if (this.#own.has(key)) this.#held.set(key, claim)
      this.#table.apply({ kind: claim.kind, id: claim.id, version: versionOf(claim), value: claim.value })
    } catch (error) {
      this.#failure = error
    }
  }

  /** Looks for what other processes write, as long as someone watches. */
  #follow(): void {
    this.#cancel ??= this.#options.clock.schedule(this.#options.intervalMs, () => {
      this.#refresh()
        .catch((error: unknown) => {
          // Kafka that is away comes back.
          if (error instanceof Error && 'retryable' in error && error.retryable === false) this.end(error)
        })
        .finally(() => {
          this.#cancel = undefined
          if (this.#watching > 0 && !this.#ended) this.#follow()
        })
    })
  }

  /** What looks at a version, and then changes it, comes one after the other. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#changing.then(work)
    this.#changing = turn.catch(() => {})
    return turn
  }
}

function versionOf({ position }: PlacedClaim): number {
  return position + 1
}
