import { setTimeout as sleep } from 'node:timers/promises'
import { exclusively } from './exclusively.ts'
import { removeAbandoned } from './private-service.ts'
import { recipes } from './recipes.ts'
import { ServiceError } from './service-error.ts'
import { stopUnused } from './shared-service.ts'

const checkIntervalMs = 1000
// Longer than a round of the one at work, so that whoever was started for a new test run outlives one that just found nothing to do.
const waitMs = 60_000

/** Goes round until nothing is left that somebody's end could leave behind. */
async function keep(): Promise<void> {
  for (;;) {
    let busy = await removeAbandoned()
    for (const recipe of recipes) busy = (await stopUnused(recipe)) || busy
    if (!busy) return
    await sleep(checkIntervalMs)
  }
}

try {
  await exclusively('keeper', keep, { waitMs })
} catch (error) {
  if (!(error instanceof ServiceError)) throw error
}
