import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'

/** Something to read lines from. */
export interface PipeSource {
  /** Of the file, as it was named; undefined for standard input. */
  readonly path: string | undefined
  open(): Readable
}

const chunkBytes = 256 * 1024

/** The files in order; `-`, or no file at all, is standard input. */
export function pipeSources(files: readonly string[], stdin: Readable): readonly PipeSource[] {
  const standard: PipeSource = { path: undefined, open: () => stdin }
  if (files.length === 0) return [standard]
  return files.map((path) => (path === '-' ? standard : { path, open: () => createReadStream(path, { highWaterMark: chunkBytes }) }))
}
