import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { place } from './places.ts'
import { ServiceError } from './service-error.ts'

/** How a caller waits for its turn. */
export interface ExclusiveOptions {
  /** Called once if another process is at it. */
  readonly waiting?: () => void
  /** How long to wait for the others, in milliseconds; 15 minutes without it. */
  readonly waitMs?: number
  /** How often to look whether they are done, in milliseconds; 50 without it. */
  readonly pollIntervalMs?: number
}

/**
 * Runs `action` while no other process (nor another call in this one) runs one of the same name.
 * @throws ServiceError when the wait was too long.
 */
export async function exclusively<T>(name: string, action: () => Promise<T>, options: ExclusiveOptions = {}): Promise<T> {
  using _lock = await acquireLock(name, options)
  return await action()
}

/**
 * The lock of that name, held until it is disposed of. It is SQLite's lock on an empty database: the operating system takes it back
 * when a process dies, however it dies.
 * @throws ServiceError when the wait was too long.
 */
export async function acquireLock(name: string, options: ExclusiveOptions = {}): Promise<Disposable> {
  const { waiting, waitMs = 900_000, pollIntervalMs = 50 } = options
  const path = join(place('locks'), `${name}.lock`)
  const deadline = Date.now() + waitMs
  const database = new DatabaseSync(path, { timeout: 0 })
  for (let told = false; !tryLock(database); await sleep(pollIntervalMs)) {
    if (!told) waiting?.()
    told = true
    if (Date.now() < deadline) continue
    database.close()
    throw new ServiceError(`${path} is locked by another process: stop it, or wait and try again.`)
  }
  return { [Symbol.dispose]: () => database.close() }
}

function tryLock(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    // SQLITE_BUSY; anything else is a broken folder and must be told.
    if ((error as { errcode?: number }).errcode === 5) return false
    throw error
  }
}
