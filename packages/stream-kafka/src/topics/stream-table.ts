import { randomUUID } from 'node:crypto'
import { StorageError } from '@millrace/stream'
import { CompactedTopic, type CompactedTopicOptions } from './compacted-topic.ts'
import { decodeLayout, encodeLayout, type StreamLayout } from './stream-layout.ts'

interface Entry {
  readonly layout: StreamLayout
  readonly position: number
}

/**
 * The registry topic: one key for each incarnation of each stream. A name belongs to the incarnation that is `ready`, or else to the one whose claim stands
 * first in the log. So of two processes that create the same stream at once, both see which of them was first.
 *
 * Changes of a stream in use are claims under keys of their own, since Kafka compares nothing before it writes: of the claims of the highest epoch the first in
 * the log is in force. Whoever's claim is not withdraws it; whoever's is withdraws those before it, which nobody does before having seen a later one in the log.
 */
export class StreamTable {
  readonly #topic: CompactedTopic
  readonly #entries = new Map<string, Entry>()
  /** By the stream's key, then by their own. */
  readonly #claims = new Map<string, Map<string, Entry>>()
  /** Keys of claims that are being written here, and of those the ones that were in force when their turn in the log came. */
  readonly #own = new Set<string>()
  readonly #held = new Set<string>()
  #failure: unknown

  constructor(options: Omit<CompactedTopicOptions, 'onEntry'>) {
    this.#topic = new CompactedTopic({
      ...options,
      onEntry: ({ key, value, position }) => this.#apply(key, value, position),
    })
  }

  /** Reads what is new. Throws `NewerVersionError` when there is an entry that a newer Millrace wrote. */
  async refresh(): Promise<void> {
    await this.#topic.refresh()
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Every entry of a name, the one that it belongs to first. */
  named(name: string): readonly StreamLayout[] {
    return [...this.#entries.values()]
      .filter(({ layout }) => layout.description.name === name)
      .toSorted((one, other) => rank(one) - rank(other) || one.position - other.position)
      .map(({ layout }) => this.#inForce(layout).layout)
  }

  /** Streams that are in use. */
  ready(): readonly StreamLayout[] {
    return this.all().filter(({ state }) => state === 'ready')
  }

  all(): readonly StreamLayout[] {
    return [...this.#entries.values()].map(({ layout }) => this.#inForce(layout).layout)
  }

  get(name: string, incarnation: string): StreamLayout | undefined {
    const layout = this.#entries.get(keyOf(name, incarnation))?.layout
    return layout && this.#inForce(layout).layout
  }

  /** Changes a stream in use, if its epoch is still the one before the layout's. False: another process was faster. */
  async replace(layout: StreamLayout): Promise<boolean> {
    const { name, incarnation } = layout.description
    const stream = keyOf(name, incarnation)
    const before = [...(this.#claims.get(stream)?.keys() ?? [])]
    const key = `${stream}/${randomUUID()}`
    this.#own.add(key)
    try {
      await this.#write(key, encodeLayout(layout))
    } finally {
      this.#own.delete(key)
    }
    const held = this.#held.delete(key)
    const past = held ? before : [key]
    // What stays for now is withdrawn with the next claim.
    if (past.length > 0) await this.#topic.write(past.map((each) => ({ key: each, value: null }))).catch(() => {})
    return held
  }

  /** Resolves when the entry is written and read back. */
  async put(layout: StreamLayout): Promise<void> {
    const { name, incarnation } = layout.description
    await this.#write(keyOf(name, incarnation), encodeLayout(layout))
  }

  async remove({ description: { name, incarnation } }: StreamLayout): Promise<void> {
    const key = keyOf(name, incarnation)
    const claims = [...(this.#claims.get(key)?.keys() ?? [])]
    await this.#topic.write([key, ...claims].map((each) => ({ key: each, value: null })))
    await this.refresh()
  }

  async #write(key: string, value: Buffer): Promise<void> {
    const [position] = await this.#topic.write([{ key, value }])
    if (position === undefined) throw new StorageError('The registry topic did not take an entry.')
    await this.refresh()
  }

  #apply(key: string, value: Uint8Array | undefined, position: number): void {
    const stream = key.split('/', 2).join('/')
    try {
      const layout = value && decodeLayout(value)
      if (value !== undefined && layout === undefined) return
      const entry = layout && { layout, position }
      if (key === stream) set(this.#entries, key, entry)
      else this.#applyClaim(stream, key, entry)
    } catch (error) {
      this.#failure = error
    }
  }

  #applyClaim(stream: string, key: string, entry: Entry | undefined): void {
    const claims = this.#claims.get(stream) ?? new Map<string, Entry>()
    set(claims, key, entry)
    set(this.#claims, stream, claims.size > 0 ? claims : undefined)
    // Told here, in the order of the log: by the time that its writer looks, others may have put theirs upon it.
    if (entry !== undefined && this.#own.has(key) && this.#inForce(entry.layout) === entry) this.#held.add(key)
  }

  #inForce({ description: { name, incarnation } }: StreamLayout): Entry {
    const key = keyOf(name, incarnation)
    let first = this.#entries.get(key) as Entry
    if (first?.layout.state !== 'ready') return first
    for (const claim of this.#claims.get(key)?.values() ?? []) if (precedes(claim, first)) first = claim
    return first
  }
}

function set<Value>(map: Map<string, Value>, key: string, value: Value | undefined): void {
  if (value === undefined) map.delete(key)
  else map.set(key, value)
}

function precedes({ layout, position }: Entry, other: Entry): boolean {
  return layout.epoch === other.layout.epoch ? position < other.position && layout.epoch > 0 : layout.epoch > other.layout.epoch
}

function rank({ layout: { state } }: Entry): number {
  return state === 'ready' ? 0 : 1
}

function keyOf(name: string, incarnation: string): string {
  return `${name}/${incarnation}`
}
