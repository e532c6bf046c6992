import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { recordClasses } from './class-archive.ts'
import { exclusively } from './exclusively.ts'
import { place } from './places.ts'
import type { Recipe } from './recipe.ts'
import { ServiceError } from './service-error.ts'

/** The folder with a service's software, which is downloaded first where it is not there. Several at once wait for one another. */
export async function software(recipe: Recipe<object>, progress: (line: string) => void): Promise<string> {
  const directory = join(place('programs'), `${recipe.name}-${recipe.softwareKey()}`)
  // Last of all: what has it is whole. An archive of classes knows its folder by name, so it cannot be made elsewhere and moved.
  const complete = join(directory, '.complete')
  if (existsSync(complete)) return directory
  await exclusively(`install-${recipe.name}`, async () => {
    if (existsSync(complete)) return
    const started = Date.now()
    progress(`getting version ${recipe.version} …`)
    await rm(directory, { recursive: true, force: true })
    await mkdir(directory, { recursive: true })
    try {
      await recipe.install(directory, progress)
    } catch (error) {
      throw error instanceof ServiceError ? new ServiceError(`${recipe.name} ${error.message}`) : error
    }
    if (recipe.recordsClasses) await recordClasses(recipe, directory, progress)
    await writeFile(complete, '')
    progress(`installed in ${((Date.now() - started) / 1000).toFixed(1)} s`)
  })
  return directory
}
