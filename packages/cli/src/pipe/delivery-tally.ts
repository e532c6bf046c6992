import type { PipeBatch } from './pipe-batch.ts'

/** What became of the records handed over. Each is counted once at most; what is not counted is under way. */
export interface DeliveryTally {
  readonly acceptedRecords: number
  readonly acceptedBytes: number
  readonly refusedRecords: number
  readonly refusedLines: number
  /** The server's words for the first refusal. */
  readonly firstRefusal: string | undefined
  /** Neither accepted nor kept in a spool. */
  readonly unsentRecords: number
  readonly unsentLines: number
  /** Of this run, and on disk. */
  readonly spooledRecords: number
  readonly spooledLines: number
  /** Left by earlier runs: accepted, refused, and still there. */
  readonly earlierAcceptedRecords: number
  readonly earlierRefusedRecords: number
  readonly earlierSpooledRecords: number
}

/** Counts what becomes of batches. */
export class DeliveryCounter {
  readonly #counts = {
    acceptedRecords: 0,
    acceptedBytes: 0,
    refusedRecords: 0,
    refusedLines: 0,
    firstRefusal: undefined as string | undefined,
    unsentRecords: 0,
    unsentLines: 0,
    earlierAcceptedRecords: 0,
    earlierRefusedRecords: 0,
  }
  #spooledLines = 0
  /** Records at the head of the spool that are not of this run: the spool is first in, first out. */
  #earlier = 0

  /** The spool holds so many records of earlier runs. */
  foundEarlier(records: number): void {
    this.#earlier = records
  }

  /** Whether what comes from the spool now is of an earlier run. */
  get isEarlier(): boolean {
    return this.#earlier > 0
  }

  accepted(batch: PipeBatch, earlier: boolean): void {
    if (earlier) this.#counts.earlierAcceptedRecords += batch.count
    else {
      this.#counts.acceptedRecords += batch.count
      this.#counts.acceptedBytes += batch.dataBytes
    }
  }

  refused(batch: PipeBatch, reason: string, earlier: boolean): void {
    this.#counts.firstRefusal ??= reason
    if (earlier) this.#counts.earlierRefusedRecords += batch.count
    else {
      this.#counts.refusedRecords += batch.count
      this.#counts.refusedLines += batch.lineCount
    }
  }

  unsent(batches: readonly PipeBatch[]): void {
    for (const batch of batches) {
      this.#counts.unsentRecords += batch.count
      this.#counts.unsentLines += batch.lineCount
    }
  }

  spooled(batch: PipeBatch): void {
    this.#spooledLines += batch.lineCount
  }

  /** The batch was settled and left the spool. */
  unspooled(batch: PipeBatch): void {
    if (this.#earlier > 0) this.#earlier = Math.max(0, this.#earlier - batch.count)
    else this.#spooledLines -= batch.lineCount
  }

  /** `spooledRecords`: all that the spool holds. */
  tally(spooledRecords: number): DeliveryTally {
    return {
      ...this.#counts,
      spooledRecords: spooledRecords - this.#earlier,
      spooledLines: this.#spooledLines,
      earlierSpooledRecords: this.#earlier,
    }
  }
}
