import type { DeadLetter, DeadLetterQuery, DeadLetterStore } from '../dead-letters.ts'
import { InvalidQueryError } from '../errors.ts'
import type { CommitQueue } from './commit-queue.ts'
import type { LocalStore } from './local-store.ts'
import type { PendingBytes } from './pending-bytes.ts'

/** Dead letters in a local store: written in the transactions that puts go into. */
export class LocalDeadLetters implements DeadLetterStore {
  readonly #store: LocalStore
  readonly #queue: CommitQueue
  readonly #pending: PendingBytes
  readonly #assertOpen: () => void

  constructor(store: LocalStore, queue: CommitQueue, pending: PendingBytes, assertOpen: () => void) {
    this.#store = store
    this.#queue = queue
    this.#pending = pending
    this.#assertOpen = assertOpen
  }

  async add(letters: readonly DeadLetter[]): Promise<void> {
    this.#assertOpen()
    if (letters.length === 0) return
    // The data of a record is a view of a whole chunk: a copy is small, and is the letter's own.
    const own = letters.map((letter) => ({ ...letter, data: letter.data.slice() }))
    const bytes = own.reduce((sum, letter) => sum + letter.data.byteLength + letter.reason.length, 0)
    await this.#pending.hold(bytes, () =>
      this.#queue.run(
        () => ({ kind: 'add-dead-letters', letters: own }),
        () => {},
      ),
    )
  }

  async list(query: DeadLetterQuery): Promise<readonly DeadLetter[]> {
    this.#assertOpen()
    if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > 1_000) {
      throw new InvalidQueryError(`A page has 1 to 1,000 dead letters; ${query.limit} is not possible.`)
    }
    return this.#store.listDeadLetters(query)
  }

  async get(id: string): Promise<DeadLetter | undefined> {
    this.#assertOpen()
    return this.#store.getDeadLetter(id)
  }

  async remove(ids: readonly string[]): Promise<number> {
    this.#assertOpen()
    if (ids.length === 0) return 0
    return this.#queue.run(
      () => ({ kind: 'remove-dead-letters', ids }),
      (answer) => answer as number,
    )
  }

  async count(): Promise<number> {
    this.#assertOpen()
    return this.#store.countDeadLetters()
  }
}
