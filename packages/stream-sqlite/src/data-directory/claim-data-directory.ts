import { mkdir, readFile, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { NewerVersionError } from '@millrace/stream'
import { type DataDirectoryKind, describeDataDirectory, readDataDirectory, reasonOf } from './data-directory.ts'
import { DataDirectoryError, DataDirectoryInUseError } from './errors.ts'
import { writeFileWhole } from './write-file-whole.ts'

export interface ClaimOptions {
  /** Makes the directory when it is not there. */
  readonly create?: boolean
  /** Recorded in the directory. Default: `embedded`. */
  readonly kind?: DataDirectoryKind
}

/** A data directory while it is this process's alone. */
export interface DataDirectoryClaim {
  /** Absolute. */
  readonly path: string
  /** Tells other processes where the owner serves. */
  publish(url: string): Promise<void>
  release(): Promise<void>
}

/**
 * Makes the directory this process's own, until it is released or the process ends, however it ends: the lock is the operating system's.
 * Rejects with `DataDirectoryInUseError`, `DataDirectoryError`, `NewerVersionError`.
 */
export async function claimDataDirectory(path: string, options: ClaimOptions = {}): Promise<DataDirectoryClaim> {
  const directory = resolve(path)
  await assertDirectory(directory, options.create ?? false)
  // A directory of a newer version is refused before anything is written to it.
  await readDataDirectory(directory)
  const lock = await takeLock(directory)
  try {
    // Whatever an owner that was killed left there is not true any more.
    await rm(ownerFile(directory), { force: true })
    await describeDataDirectory(directory, options.kind ?? 'embedded')
    // On a full disk the owner goes unnamed, which is better than not being able to start and work off what is there.
    await writeOwner(directory, undefined).catch(() => {})
  } catch (error) {
    lock.close()
    if (error instanceof DataDirectoryError || error instanceof NewerVersionError) throw error
    throw new DataDirectoryError(directory, reasonOf(error))
  }
  let released = false
  return {
    path: directory,
    publish: async (url) => {
      try {
        await writeOwner(directory, url)
      } catch (error) {
        throw new DataDirectoryError(directory, reasonOf(error))
      }
    },
    release: async () => {
      if (released) return
      released = true
      await rm(ownerFile(directory), { force: true })
      lock.close()
    },
  }
}

async function assertDirectory(directory: string, create: boolean): Promise<void> {
  try {
    if (create) await mkdir(directory, { recursive: true })
    if (!(await stat(directory)).isDirectory()) throw new DataDirectoryError(directory, 'it is not a directory')
  } catch (error) {
    throw error instanceof DataDirectoryError ? error : new DataDirectoryError(directory, reasonOf(error))
  }
}

/**
 * An exclusive transaction on an empty database: a lock on its file that goes with the process. Nothing else may open that file in this
 * process: closing any descriptor of it would give the lock away.
 */
async function takeLock(directory: string): Promise<DatabaseSync> {
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(join(directory, 'owner.db'), { timeout: 0 })
    lock.exec('PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock?.close()
    const code = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
    // SQLITE_BUSY.
    if (code === 5) throw new DataDirectoryInUseError(directory, await readDataDirectoryOwner(directory))
    // SQLITE_READONLY and SQLITE_CANTOPEN say less than what they mean here.
    if (code === 8 || code === 14) throw new DataDirectoryError(directory, 'this user may not write there')
    throw new DataDirectoryError(directory, reasonOf(error))
  }
}

async function writeOwner(directory: string, url: string | undefined): Promise<void> {
  await writeFileWhole(ownerFile(directory), `${JSON.stringify({ pid: process.pid, url })}\n`)
}

/** Who owns the directory, as far as it said. What a dead process said counts for nothing: the owner has not come to it yet. */
export async function readDataDirectoryOwner(
  path: string,
): Promise<{ readonly url: string | undefined; readonly pid: number | undefined }> {
  try {
    const owner: unknown = JSON.parse(await readFile(ownerFile(resolve(path)), 'utf8'))
    if (typeof owner === 'object' && owner !== null && 'pid' in owner && typeof owner.pid === 'number' && isAlive(owner.pid)) {
      return { pid: owner.pid, url: 'url' in owner && typeof owner.url === 'string' ? owner.url : undefined }
    }
  } catch {
    // Not written yet.
  }
  return { pid: undefined, url: undefined }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there, and is another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function ownerFile(directory: string): string {
  return join(directory, 'owner.json')
}
