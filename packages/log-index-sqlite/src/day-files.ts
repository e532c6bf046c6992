import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DayFile } from './day-file.ts'
import { dayOfFile, daySpan } from './day.ts'

export interface DayFilesOptions {
  readonly directory: string
  readonly openFilesMax: number
  readonly cacheBytes: number
  readonly walPages: number
}

/** The days' files that the writer has open: the most recently used ones. */
export class DayFiles {
  readonly #options: DayFilesOptions
  readonly #open = new Map<string, DayFile>()

  constructor(options: DayFilesOptions) {
    this.#options = options
  }

  /** Opens or makes the file of a day. Throws SQLite's errors. */
  get(day: string): DayFile {
    let file = this.#open.get(day)
    if (file === undefined) {
      this.#evict()
      const { directory, cacheBytes, walPages } = this.#options
      file = new DayFile(pathOfDay(directory, day), cacheBytes, walPages)
    }
    // The last one in the map is the one used last.
    this.#open.delete(day)
    this.#open.set(day, file)
    return file
  }

  /** Closes a file that failed, so that the next use opens it anew. */
  discard(day: string): void {
    const file = this.#open.get(day)
    this.#open.delete(day)
    try {
      file?.close()
    } catch {
      // It failed already, and whoever uses it next hears of it again.
    }
  }

  open(): Iterable<readonly [day: string, file: DayFile]> {
    return [...this.#open]
  }

  /** Drops the files of days which ended, and were last written to, before `before`. */
  drop(before: number): void {
    for (const day of listDays(this.#options.directory)) {
      if (day !== 'other' && daySpan(day).to > before) continue
      const path = pathOfDay(this.#options.directory, day)
      if (lastWrite(path) > before) continue
      this.discard(day)
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
    }
  }

  close(): void {
    for (const day of this.#open.keys()) this.discard(day)
  }

  #evict(): void {
    while (this.#open.size >= this.#options.openFilesMax) this.discard(this.#open.keys().next().value as string)
  }
}

export function pathOfDay(directory: string, day: string): string {
  return join(directory, `${day}.db`)
}

/** The days that have a file, oldest first; `other` last. */
export function listDays(directory: string): string[] {
  return readdirSync(directory)
    .map(dayOfFile)
    .filter((day) => day !== undefined)
    .sort()
}

function lastWrite(path: string): number {
  let time = Number.NEGATIVE_INFINITY
  for (const suffix of ['', '-wal']) time = Math.max(time, statSync(`${path}${suffix}`, { throwIfNoEntry: false })?.mtimeMs ?? time)
  return time
}
