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
 */
export class StreamTable {
  readonly #topic: CompactedTopic
  readonly #entries = new Map<string, Entry>()
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
      .map(({ layout }) => layout)
  }

  /** Streams that are in use. */
  ready(): readonly StreamLayout[] {
    return [...this.#entries.values()].map(({ layout }) => layout).filter(({ state }) => state === 'ready')
  }

  get(name: string, incarnation: string): StreamLayout | undefined {
    return this.#entries.get(keyOf(name, incarnation))?.layout
  }

  /** Resolves when the entry is written and read back. */
  async put(layout: StreamLayout): Promise<void> {
    const { name, incarnation } = layout.description
    await this.#write(keyOf(name, incarnation), encodeLayout(layout))
  }

  async remove({ description: { name, incarnation } }: StreamLayout): Promise<void> {
    await this.#write(keyOf(name, incarnation), null)
  }

  async #write(key: string, value: Buffer | null): Promise<void> {
    const [position] = await this.#topic.write([{ key, value }])
    if (position === undefined) throw new StorageError('The registry topic did not take an entry.')
    await this.refresh()
  }

  #apply(key: string, value: Uint8Array | undefined, position: number): void {
    if (value === undefined) {
      this.#entries.delete(key)
      return
    }
    try {
      const layout = decodeLayout(value)
      if (layout !== undefined) this.#entries.set(key, { layout, position })
    } catch (error) {
      this.#failure = error
    }
  }
}

function rank({ layout: { state } }: Entry): number {
  return state === 'ready' ? 0 : 1
}

function keyOf(name: string, incarnation: string): string {
  return `${name}/${incarnation}`
}
