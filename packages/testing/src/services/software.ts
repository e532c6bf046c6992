import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { exclusively } from './exclusively.ts'
import { place } from './places.ts'
import type { Recipe } from './recipe.ts'
import { ServiceError } from './service-error.ts'

/** The folder with a service's software, which is downloaded first where it is not there. Several at once wait for one another. */
export async function software(recipe: Recipe<object>, progress: (line: string) => void): Promise<string> {
  const directory = join(place('software'), `${recipe.name}-${recipe.softwareKey()}`)
  if (existsSync(directory)) return directory
  await exclusively(`install-${recipe.name}`, async () => {
    if (existsSync(directory)) return
    const started = Date.now()
    progress(`getting version ${recipe.version} from Maven Central …`)
    const partial = `${directory}.partial`
    await rm(partial, { recursive: true, force: true })
    await mkdir(partial, { recursive: true })
    try {
      await recipe.install(partial, progress)
    } catch (error) {
      throw error instanceof ServiceError ? new ServiceError(`${recipe.name} ${error.message}`) : error
    }
    // What has its name is whole.
    await rename(partial, directory)
    progress(`installed in ${((Date.now() - started) / 1000).toFixed(1)} s`)
  })
  return directory
}
