import type { DocumentOutcome } from '@millrace/log-index'
import { DayFiles } from './day-files.ts'
import type { DayFilesOptions } from './day-files.ts'
import type { DayFile } from './day-file.ts'
import type { BulkBlock } from './encode-bulk.ts'
import type { BlockAnswer, BulkMessage } from './protocol.ts'
import { WordFilterBuilder } from './word-filter.ts'

/** SQLite's primary result codes: https://www.sqlite.org/rescode.html */
const storageCodes = new Map([
  [5, 'The index file is locked by another process'],
  [8, 'The index file cannot be written to'],
  [10, 'The disk failed or is full'],
  [13, 'The disk is full'],
  [14, 'The index file cannot be opened'],
])
const storageAfterMs = 2_000
const errorAfterMs = 1_000

interface PendingBlock {
  readonly block: BulkBlock
  readonly body: Uint8Array
  readonly filter: Uint8Array
  answer: BlockAnswer | undefined
}

/** Writes bulks: all that wait together, one transaction for each day that they touch. */
export class Writer {
  readonly #files: DayFiles
  readonly #builder = new WordFilterBuilder()

  constructor(options: DayFilesOptions) {
    this.#files = new DayFiles(options)
  }

  /** Answers for each bulk what became of its blocks. Everything written is on disk. */
  write(bulks: readonly BulkMessage[]): BlockAnswer[][] {
    const pending = bulks.map(takeApart)
    const days = Map.groupBy(pending.flat(), ({ block }) => block.day)
    for (const [day, blocks] of days) this.#writeDay(day, blocks)
    return pending.map((blocks) => blocks.map(({ answer }) => answer as BlockAnswer))
  }

  #writeDay(day: string, blocks: readonly PendingBlock[]): void {
    let file: DayFile | undefined
    try {
      file = this.#files.get(day)
      file.begin()
      for (const pending of blocks) {
        const existing = file.add(pending.block, pending.body, pending.filter)
        pending.answer = existing.length === 0 ? { written: true } : { written: true, existing }
      }
      if (file.hasManySmallBlocks) file.compact(this.#builder)
      file.commit()
    } catch (error) {
      const answer: BlockAnswer = { written: false, outcome: outcomeOf(error, day) }
      for (const pending of blocks) pending.answer = answer
      this.#undo(day, file)
    }
  }

  #undo(day: string, file: DayFile | undefined): void {
    try {
      file?.rollback()
    } catch {
      this.#files.discard(day)
    }
  }

  /** For when there is nothing to do: brings everything into the main files, gives memory back. */
  settle(): void {
    for (const [day, file] of this.#files.open()) {
      try {
        file.settle()
      } catch {
        this.#files.discard(day)
      }
    }
  }

  /** Drops the days that ended, and were last written to, before `before`. */
  drop(before: number): void {
    this.#files.drop(before)
  }

  close(): void {
    this.settle()
    this.#files.close()
  }
}

function takeApart({ blocks, bytes }: BulkMessage): PendingBlock[] {
  let start = 0
  return blocks.map((block) => {
    const body = bytes.subarray(start, block.bodyEnd)
    const filter = bytes.subarray(block.bodyEnd, block.filterEnd)
    start = block.filterEnd
    return { block, body, filter, answer: undefined }
  })
}

function outcomeOf(error: unknown, day: string): DocumentOutcome {
  const { errcode, message } = error as { readonly errcode?: number; readonly message?: string }
  const storage = storageCodes.get((errcode ?? 0) & 0xff)
  if (storage !== undefined)
    return { status: 'retry', cause: 'overload', reason: `${storage} (${day}: ${message}).`, afterMs: storageAfterMs }
  return {
    status: 'retry',
    cause: 'error',
    reason: `The index file of ${day} cannot be written: ${message ?? String(error)}`,
    afterMs: errorAfterMs,
  }
}
