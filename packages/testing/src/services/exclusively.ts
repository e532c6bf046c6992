import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { place } from './places.ts'
import { ServiceError } from './service-error.ts'

const pollIntervalMs = 50

/** How a caller of `exclusively` waits for its turn. */
export interface ExclusiveOptions {
  /** Called once if another process is at it. */
  readonly waiting?: () => void
  /** How long to wait for the others, in milliseconds. */
  readonly waitMs?: number
}

/**
 * Runs `action` while no other process (nor another call in this one) runs one of the same name.
 * The lock is SQLite's lock on an empty database: the operating system takes it back when a process dies, however it dies.
 * @throws ServiceError when the wait was too long.
 */
export async function exclusively<T>(name: string, action: () => Promise<T>, options: ExclusiveOptions = {}): Promise<T> {
  const path = join(place('locks'), `${name}.lock`)
  const deadline = Date.now() + (options.waitMs ?? 900_000)
  using database = new DatabaseSync(path, { timeout: 0 })
  for (let told = false; !tryLock(database); await sleep(pollIntervalMs)) {
    if (!told) options.waiting?.()
    told = true
    if (Date.now() > deadline) throw new ServiceError(`${path} is locked by another process: stop it, or wait and try again.`)
  }
  // Closing the database gives the lock back.
  return await action()
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
