import type { DeadLetter, DeadLetterQuery, DeadLetterStore } from '@millrace/stream'

/** Keeps letters in the order in which they came. */
export class FakeDeadLetters implements DeadLetterStore {
  letters: DeadLetter[] = []
  /** Thrown instead of removing anything. */
  removeFailure: Error | undefined

  async add(letters: readonly DeadLetter[]): Promise<void> {
    for (const letter of letters) if (!this.letters.some(({ id }) => id === letter.id)) this.letters.push(letter)
  }

  async list({ stream, functionName, limit, after }: DeadLetterQuery): Promise<readonly DeadLetter[]> {
    const start = after === undefined ? 0 : this.letters.findIndex(({ id }) => id > after)
    if (start === -1) return []
    return this.letters
      .slice(start)
      .filter((letter) => (stream ?? letter.stream) === letter.stream && (functionName ?? letter.functionName) === letter.functionName)
      .slice(0, limit)
  }

  async get(id: string): Promise<DeadLetter | undefined> {
    return this.letters.find((letter) => letter.id === id)
  }

  async remove(ids: readonly string[]): Promise<number> {
    if (this.removeFailure !== undefined) throw this.removeFailure
    const before = this.letters.length
    this.letters = this.letters.filter(({ id }) => !ids.includes(id))
    return before - this.letters.length
  }

  async count(): Promise<number> {
    return this.letters.length
  }
}

export function deadLetter(id: string, changes: Partial<DeadLetter> = {}): DeadLetter {
  return {
    id,
    stream: 'logs',
    incarnation: 'inc',
    shardId: 'shardId-000000000003',
    position: 7,
    sequenceNumber: 'unreadable',
    partitionKey: 'key',
    data: Buffer.from(`data of ${id}`),
    headers: { service: 'api' },
    producerSequence: undefined,
    approximateArrivalTimestamp: 1_600_000_000_000,
    consumer: 'mapping',
    functionName: 'log-indexer',
    condition: 'Terminal',
    reason: 'no such field',
    attempts: 1,
    timestamp: 1_600_000_001_000,
    ...changes,
  }
}
