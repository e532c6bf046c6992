import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { InstanceHandle } from './instance.ts'
import { servicesDirectory } from './places.ts'
import type { ProcessIdentity } from './process-identity.ts'
import type { ServiceName } from './recipe.ts'
import { ServiceError } from './service-error.ts'

/** What is known of a shared instance, in `state.json` of its folder. Written only by who holds the service's lock. */
export interface SharedState {
  readonly format: 1
  readonly handle: InstanceHandle
  readonly version: string
  readonly port: number
  /** The instance's own folder. */
  readonly directory: string
  /** Started by hand: it runs until it is stopped by hand. */
  readonly kept: boolean
  /** The test runs that need it; without one, and not kept, it is stopped. */
  readonly users: readonly ProcessIdentity[]
}

/** The folder of a shared instance. */
export function sharedDirectory(name: ServiceName): string {
  return join(servicesDirectory(), 'shared', name)
}

/** The state of a shared instance that was started and not yet stopped. */
export async function readState(name: ServiceName): Promise<SharedState | undefined> {
  const path = stateFile(name)
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const state = JSON.parse(text) as SharedState
  if (state.format !== 1) {
    throw new ServiceError(
      `${path} was written by another version of this program (format ${String(state.format)}): stop ${name} with that one.`,
    )
  }
  return state
}

/** Writes the state so that a reader sees the old or the new one, never a part. */
export async function writeState(name: ServiceName, state: SharedState): Promise<void> {
  const path = stateFile(name)
  await mkdir(sharedDirectory(name), { recursive: true })
  await writeFile(`${path}.new`, JSON.stringify(state, undefined, 2))
  await rename(`${path}.new`, path)
}

/** Forgets a stopped instance. */
export async function removeState(name: ServiceName): Promise<void> {
  await rm(stateFile(name), { force: true })
}

function stateFile(name: ServiceName): string {
  return join(sharedDirectory(name), 'state.json')
}
