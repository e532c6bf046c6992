import { type DeadLetter, type DeadLetterQuery, type DeadLetterStore, InvalidQueryError } from '@millrace/stream'
import type { PendingBytes } from '@millrace/stream/local'
import { CompactedTopic, type CompactedTopicOptions } from './compacted-topic.ts'
import { type DeadLetterSummary, decodeDeadLetter, encodeDeadLetter, summarizeDeadLetter } from './dead-letter-codec.ts'

interface Entry extends Omit<DeadLetterSummary, 'id'> {
  readonly position: number
}

/** Of one request for letters; a larger one comes nevertheless. */
const pieceBytes = 1024 * 1024

/**
 * Dead letters in a compacted topic, by id. In memory is where each one stands, of which stream and function it is; their bytes stay in Kafka until they are
 * asked for. Read from the topic's start when it is first used.
 */
export class KafkaDeadLetters implements DeadLetterStore {
  readonly #topic: CompactedTopic
  readonly #pending: PendingBytes
  readonly #assertOpen: () => void
  /** In the order of the log: the oldest first. */
  readonly #entries = new Map<string, Entry>()
  #failure: unknown
  #adding: Promise<unknown> = Promise.resolve()

  constructor(options: Omit<CompactedTopicOptions, 'onEntry'>, pending: PendingBytes, assertOpen: () => void) {
    this.#topic = new CompactedTopic({ ...options, onEntry: ({ key, value, position }) => this.#apply(key, value, position) })
    this.#pending = pending
    this.#assertOpen = assertOpen
  }

  async add(letters: readonly DeadLetter[]): Promise<void> {
    this.#assertOpen()
    if (letters.length === 0) return
    const encoded = letters.map((letter) => ({ key: letter.id, value: encodeDeadLetter(letter) }))
    const bytes = encoded.reduce((sum, { value }) => sum + value.length, 0)
    await this.#pending.hold(bytes, () => this.#inTurn(() => this.#write(encoded)))
  }

  async list(query: DeadLetterQuery): Promise<readonly DeadLetter[]> {
    this.#assertOpen()
    const { limit, after, stream, functionName } = query
    if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) {
      throw new InvalidQueryError(`A page has 1 to 1,000 dead letters; ${limit} is not possible.`)
    }
    await this.#refresh()
    const from = after === undefined ? undefined : this.#entries.get(after)?.position
    const positions: number[] = []
    for (const entry of this.#entries.values()) {
      if (from !== undefined && entry.position <= from) continue
      if (stream !== undefined && entry.stream !== stream) continue
      if (functionName !== undefined && entry.functionName !== functionName) continue
      if (positions.push(entry.position) === limit) break
    }
    return this.#read(positions)
  }

  async get(id: string): Promise<DeadLetter | undefined> {
    this.#assertOpen()
    await this.#refresh()
    const entry = this.#entries.get(id)
    return entry && (await this.#read([entry.position]))[0]
  }

  async remove(ids: readonly string[]): Promise<number> {
    this.#assertOpen()
    if (ids.length === 0) return 0
    return this.#inTurn(async () => {
      await this.#refresh()
      const known = [...new Set(ids)].filter((id) => this.#entries.has(id))
      if (known.length > 0) await this.#topic.write(known.map((key) => ({ key, value: null })))
      await this.#refresh()
      return known.length
    })
  }

  async count(): Promise<number> {
    this.#assertOpen()
    await this.#refresh()
    return this.#entries.size
  }

  /** What looks at what is there, and then changes it, comes one after the other. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#adding.then(work)
    this.#adding = turn.catch(() => {})
    return turn
  }

  async #write(encoded: readonly { readonly key: string; readonly value: Buffer }[]): Promise<void> {
    await this.#refresh()
    const added = new Map<string, Buffer>()
    for (const { key, value } of encoded) if (!this.#entries.has(key) && !added.has(key)) added.set(key, value)
    if (added.size === 0) return
    await this.#topic.write([...added].map(([key, value]) => ({ key, value })))
    await this.#refresh()
  }

  /** Letters at ascending positions. What was removed meanwhile is left out. */
  async #read(positions: readonly number[]): Promise<DeadLetter[]> {
    const letters: DeadLetter[] = []
    for (let at = 0; at < positions.length; ) {
      const records = await this.#topic.read(positions[at] as number, pieceBytes)
      const end = records.at(-1)?.position ?? Number.POSITIVE_INFINITY
      const found = new Map(records.map((record) => [record.position, record]))
      for (; at < positions.length && (positions[at] as number) <= end; at++) {
        const record = found.get(positions[at] as number)
        const letter = record === undefined || record.isTombstone ? undefined : decodeDeadLetter(record.data)
        if (letter !== undefined) letters.push(letter)
      }
    }
    return letters
  }

  async #refresh(): Promise<void> {
    await this.#topic.refresh()
    if (this.#failure !== undefined) throw this.#failure
  }

  #apply(key: string, value: Uint8Array | undefined, position: number): void {
    this.#entries.delete(key)
    if (value === undefined) return
    try {
      const summary = summarizeDeadLetter(value)
      if (summary !== undefined) this.#entries.set(key, { stream: summary.stream, functionName: summary.functionName, position })
    } catch (error) {
      this.#failure = error
    }
  }
}
