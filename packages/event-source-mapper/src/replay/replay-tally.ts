import type { DocumentDifference, ReplayCounts, ReplayPositions } from '@millrace/function'

type Counter = keyof ReplayCounts

/** Counts what becomes of replayed records, and knows how far each shard is. */
export class ReplayTally {
  readonly #counts: Record<Counter, number> = {
    read: 0,
    filtered: 0,
    batches: 0,
    bytes: 0,
    succeeded: 0,
    failed: 0,
    previewed: 0,
    created: 0,
    different: 0,
    identical: 0,
  }
  readonly #after = new Map<string, string>()

  constructor(after: ReplayPositions) {
    for (const [shardId, sequenceNumber] of Object.entries(after)) this.#after.set(shardId, sequenceNumber)
  }

  add(counts: Partial<ReplayCounts>): void {
    for (const [name, count] of Object.entries(counts) as [Counter, number][]) this.#counts[name] += count
  }

  addDifference({ status }: DocumentDifference): void {
    this.#counts[status === 'new' ? 'created' : status]++
  }

  passed(shardId: string, sequenceNumber: string): void {
    this.#after.set(shardId, sequenceNumber)
  }

  get counts(): ReplayCounts {
    return { ...this.#counts }
  }

  get after(): ReplayPositions {
    return Object.fromEntries([...this.#after].sort(([one], [other]) => (one < other ? -1 : 1)))
  }
}
