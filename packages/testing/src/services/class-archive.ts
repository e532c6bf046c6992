import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { launchProcess, stopProcess, waitUntilReady } from './local-process.ts'
import { freePorts } from './ports.ts'
import type { Recipe } from './recipe.ts'
import { ServiceError } from './service-error.ts'

const dumpTimeoutMs = 120_000

/** The option that makes Java take its classes from the archive, where there is one. One of another Java is passed over by Java. */
export function classArchiveOption(software: string): string[] {
  const archive = archiveFile(software)
  return existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : []
}

/**
 * Starts the service once, and has Java write down the classes as they were loaded: with that each start takes half the time of a
 * processor, and tests start many. Without it everything works as well.
 */
export async function recordClasses(recipe: Recipe<object>, software: string, progress: (line: string) => void): Promise<void> {
  progress('starting it once, so that later starts are faster …')
  const directory = join(software, 'recording')
  const ports = await freePorts(recipe.ports.length)
  const partial = `${archiveFile(software)}.partial`
  try {
    const launch = await recipe.launch({ ports, directory, settings: {} }, software)
    const identity = await launchProcess({ ...launch, args: [`-XX:ArchiveClassesAtExit=${partial}`, ...launch.args] }, directory)
    try {
      const address = recipe.address(ports[0] ?? 0)
      await waitUntilReady(identity, directory, () => recipe.answers(address), recipe.readyTimeoutMs)
    } finally {
      await stopProcess(identity, dumpTimeoutMs)
    }
    await rename(partial, archiveFile(software))
  } catch (error) {
    if (!(error instanceof ServiceError) && (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    progress('that did not work; later starts take a little longer')
  } finally {
    await rm(directory, { recursive: true, force: true })
    await rm(partial, { force: true })
  }
}

function archiveFile(software: string): string {
  return join(software, 'classes.jsa')
}
