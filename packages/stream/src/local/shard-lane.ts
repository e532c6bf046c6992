import { InvalidPositionError, ShardRevokedError } from '../errors.ts'
import type { StreamRecord } from '../record.ts'
import type { RecordSource } from '../shard.ts'
import type { AssignedShard, ReadLimit, SubscribeOptions } from '../stream.ts'
import { type CursorSource, ShardCursor } from './shard-cursor.ts'
import type { ShardStanding } from './shard-standing.ts'

/** A shard in the hands of one subscriber. */
export class ShardLane implements AssignedShard {
  readonly source: RecordSource
  readonly revoked: AbortSignal
  readonly #abort = new AbortController()
  readonly #standing: ShardStanding
  readonly #begin: Promise<number>
  readonly #cursors: CursorSource
  readonly #limit: ReadLimit
  readonly #finished: () => void
  #iterated = false

  /** `begin` resolves to the first position; `finished` is called when the last record of a closed shard is settled. */
  constructor(standing: ShardStanding, begin: Promise<number>, options: SubscribeOptions, cursors: CursorSource, finished: () => void) {
    this.source = standing.shard.source
    this.revoked = this.#abort.signal
    this.#standing = standing
    this.#begin = begin
    // Told to whoever iterates; nobody may.
    begin.catch(() => {})
    this.#cursors = cursors
    this.#finished = finished
    this.#limit = { recordsMax: options.batchRecordsMax, bytesMax: options.batchBytesMax }
  }

  revoke(): void {
    if (this.revoked.aborted) return
    this.#standing.worked(undefined)
    this.#abort.abort(new ShardRevokedError(this.source.shard.shardId))
  }

  async *batches(): AsyncGenerator<readonly StreamRecord[], void> {
    if (this.#iterated) throw new Error(`The batches of ${this.source.shard.shardId} can be iterated once per assignment.`)
    this.#iterated = true
    const { shard } = this.#standing
    const begin = await this.#begin
    if (this.revoked.aborted) return
    const cursor = new ShardCursor(shard, begin, this.#cursors, true)
    this.#standing.worked(() => cursor.held)
    const passed = (from: number, to: number): void => this.#standing.passed(from, to)
    let handedOut = begin
    for (;;) {
      const records = await this.#take(cursor, passed)
      if (this.revoked.aborted) return
      if (records.length > 0) {
        handedOut = cursor.next
        yield records
        // The consumer may take long over a batch; the shard can be another's by now.
        if (this.revoked.aborted) return
        continue
      }
      if (shard.endsAt(cursor.next)) {
        // What is left is nothing that anyone could settle.
        if ((this.#standing.settled ?? begin) >= handedOut) await this.#settle(cursor.next)
        return
      }
      await shard.reached(cursor.next, this.revoked)
    }
  }

  async checkpoint(position: number): Promise<void> {
    if (this.revoked.aborted) throw new ShardRevokedError(this.source.shard.shardId)
    const { tip } = this.#standing.shard
    if (!Number.isSafeInteger(position) || position < 0 || position > tip) {
      throw new InvalidPositionError(`${position} cannot be a checkpoint of ${this.source.shard.shardId}, which ends at ${tip}.`)
    }
    await this.#settle(position)
  }

  async #settle(position: number): Promise<void> {
    await this.#standing.settle(position)
    if (this.#standing.finished) this.#finished()
  }

  async #take(cursor: ShardCursor, passed: (from: number, to: number) => void): Promise<readonly StreamRecord[]> {
    try {
      return await cursor.take(this.#limit, passed)
    } catch (error) {
      // A storage that is being closed fails reads of those who have been told to stop already.
      if (this.revoked.aborted) return []
      throw error
    }
  }
}
