import type { DeadLetter, DeadLetterStore } from '@millrace/stream'

/** Dead letters in memory; a test decides when the store fails. */
export class FakeDeadLetters implements DeadLetterStore {
  readonly letters: Map<string, DeadLetter> = new Map()
  /** Called before letters are kept; may throw, may take its time. */
  beforeAdd: (letters: readonly DeadLetter[]) => Promise<void> = () => Promise.resolve()

  async add(letters: readonly DeadLetter[]): Promise<void> {
    await this.beforeAdd(letters)
    for (const letter of letters) if (!this.letters.has(letter.id)) this.letters.set(letter.id, letter)
  }

  list(): Promise<readonly DeadLetter[]> {
    return Promise.resolve([...this.letters.values()])
  }

  get(id: string): Promise<DeadLetter | undefined> {
    return Promise.resolve(this.letters.get(id))
  }

  remove(ids: readonly string[]): Promise<number> {
    return Promise.resolve(ids.filter((id) => this.letters.delete(id)).length)
  }

  count(): Promise<number> {
    return Promise.resolve(this.letters.size)
  }
}
