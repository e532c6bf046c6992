import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

const repository = resolve(import.meta.dirname, '../../../..')

/**
 * The folder of everything the services write: `.millrace/services` of the checkout, or what `MILLRACE_SERVICES_DIR` names.
 * Every checkout has services of its own that way.
 */
export function servicesDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  return resolve(environment['MILLRACE_SERVICES_DIR'] ?? join(repository, '.millrace/services'))
}

/** A folder below `servicesDirectory`, made if it is not there. */
export function place(...segments: readonly string[]): string {
  const path = join(servicesDirectory(), ...segments)
  mkdirSync(path, { recursive: true })
  return path
}

/** The file of `docker/` with that name. */
export function dockerFile(name: string): string {
  return join(repository, 'docker', name)
}
