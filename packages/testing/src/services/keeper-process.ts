import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { acquireLock } from './exclusively.ts'
import { servicesDirectory } from './places.ts'
import { removeAbandoned } from './private-service.ts'
import { recipes } from './recipes.ts'
import { ServiceError } from './service-error.ts'
import { stopUnused } from './shared-service.ts'

const checkIntervalMs = 1000

/** Goes round until nothing is left that somebody's end could leave behind. */
async function keep(): Promise<void> {
  while (existsSync(servicesDirectory())) {
    let busy = await removeAbandoned()
    for (const recipe of recipes) busy = (await stopUnused(recipe)) || busy
    if (!busy) return
    await sleep(checkIntervalMs)
  }
}

/**
 * Waits for the keeper at work, which may be about to find that nothing is left for it. Undefined where another one waits already:
 * one is enough, since what this one was started for was written down before, and that one will see it.
 */
async function turn(): Promise<Disposable | undefined> {
  try {
    using _next = await acquireLock('keeper-next', { waitMs: 0 })
    return await acquireLock('keeper', { waitMs: Number.POSITIVE_INFINITY, pollIntervalMs: checkIntervalMs })
  } catch (error) {
    if (error instanceof ServiceError) return undefined
    throw error
  }
}

using lock = await turn()
if (lock !== undefined) await keep()
