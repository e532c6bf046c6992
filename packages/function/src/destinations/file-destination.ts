import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DestinationError } from './destination-error.ts'
import type { DestinationRecord } from './destination-record.ts'
import type { DestinationWriter } from './destination-writer.ts'

/** Errors of the file system that do not pass by themselves. */
const lasting = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'ELOOP'])

/**
 * Writes each record as a file, whole and with its payload, under the key that Lambda gives an object in S3:
 * `<folder>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<random UUID>`, in UTC. A file is there when it is complete and on the disk.
 */
export class FileDestination implements DestinationWriter {
  readonly #directory: string

  /** The directory is the bucket, with the prefix if there is one. It is made when it is needed. */
  constructor(directory: string) {
    this.#directory = directory
  }

  async deliver(record: DestinationRecord, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const path = join(this.#directory, objectKey(record))
    const unfinished = `${path}.part`
    try {
      await mkdir(dirname(path), { recursive: true })
      const file = await open(unfinished, 'wx')
      try {
        await file.writeFile(record.jsonWithPayload())
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(unfinished, path)
      await syncDirectory(dirname(path))
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => {})
      const { code = '', message } = error as NodeJS.ErrnoException
      throw new DestinationError(`A record of an invocation could not be written to ${path}: ${message}`, !lasting.has(code), {
        cause: error,
      })
    }
  }
}

function objectKey({ folder, timestamp }: DestinationRecord): string {
  const time = new Date(timestamp).toISOString().slice(0, 19)
  const day = time.slice(0, 10)
  return join(folder, ...day.split('-'), `${time.replaceAll(':', '.')}-${randomUUID()}`)
}

/** So that the new name survives the machine as well. Not every system opens directories. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r').catch(() => undefined)
  if (directory === undefined) return
  try {
    await directory.sync().catch(() => {})
  } finally {
    await directory.close()
  }
}
