import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { exclusively } from './exclusively.ts'
import { type InstanceHandle, instanceIsRunning, removeInstance, startInstance, stopInstance } from './instance.ts'
import { startKeeper } from './keeper.ts'
import { freePorts, host, portInUse } from './ports.ts'
import { isRunning, type ProcessIdentity } from './process-identity.ts'
import type { Recipe } from './recipe.ts'
import { ServiceError } from './service-error.ts'
import { readState, removeState, type SharedState, sharedDirectory, writeState } from './shared-state.ts'

/** Who wants the shared instance: somebody at a keyboard, until further notice, or a test run for as long as it lives. */
export type Wanted = { readonly by: 'hand' } | { readonly by: 'run'; readonly run: ProcessIdentity }

type Progress = (line: string) => void

/**
 * Makes sure that the shared instance runs and answers its port. Calls from several processes wait for one another; one that runs
 * already is used. @throws ServiceError when it cannot be had.
 */
export async function startShared(recipe: Recipe<object>, wanted: Wanted, progress: Progress): Promise<number> {
  const waiting = (): void => progress('waiting for another process that starts or stops it …')
  return await exclusively(
    recipe.name,
    async () => {
      const before = await readState(recipe.name)
      const state = (await usable(recipe, before)) ?? (await startAnew(recipe, wanted, before, progress))
      await writeState(recipe.name, withWanted(state, wanted))
      if (wanted.by === 'run') startKeeper()
      return state.port
    },
    { waiting },
  )
}

/** Stops the shared instance, if it was started here. Answers whether it ran. */
export async function stopShared(recipe: Recipe<object>): Promise<boolean> {
  return await exclusively(recipe.name, async () => {
    const state = await readState(recipe.name)
    if (state === undefined) return false
    const ran = await instanceIsRunning(state.handle)
    await stopInstance(state.handle)
    await removeState(recipe.name)
    return ran
  })
}

/** Stops the shared instance and removes its data; the software stays. */
export async function wipeShared(recipe: Recipe<object>): Promise<void> {
  await exclusively(recipe.name, async () => {
    const state = await readState(recipe.name)
    if (state !== undefined) await removeInstance(state.handle)
    await rm(sharedDirectory(recipe.name), { recursive: true, force: true })
  })
}

/** Stops the shared instance, and removes its data, if it was there for test runs and none needs it any more. Answers whether somebody still does. */
export async function stopUnused(recipe: Recipe<object>): Promise<boolean> {
  return await exclusively(recipe.name, async () => {
    const state = await readState(recipe.name)
    if (state === undefined || state.kept) return false
    if (state.users.some(isRunning)) return true
    await removeInstance(state.handle)
    await rm(state.directory, { recursive: true, force: true })
    await removeState(recipe.name)
    return false
  })
}

/** The state, where it is that of an instance that runs and answers. What does not answer is stopped, to be started anew. */
async function usable(recipe: Recipe<object>, state: SharedState | undefined): Promise<SharedState | undefined> {
  if (state === undefined || !(await instanceIsRunning(state.handle))) return undefined
  if (state.version === recipe.version && (await recipe.answers(recipe.address(state.port)))) return state
  await stopInstance(state.handle)
  return undefined
}

async function startAnew(
  recipe: Recipe<object>,
  wanted: Wanted,
  before: SharedState | undefined,
  progress: Progress,
): Promise<SharedState> {
  const ports = await choosePorts(recipe, wanted)
  // A test run begins with nothing and leaves nothing; what was started by hand keeps its data.
  const kept = wanted.by === 'hand' || before?.kept === true
  const directory = join(sharedDirectory(recipe.name), kept ? 'hand' : 'run')
  if (!kept) await rm(directory, { recursive: true, force: true })
  progress(`starting version ${recipe.version} on ${host}:${ports[0]} …`)
  const plan = { ports, directory, settings: {} }
  const known = {
    format: 1,
    version: recipe.version,
    port: ports[0] ?? 0,
    directory,
    kept,
    users: before?.users ?? [],
  } as const
  const launched = (handle: InstanceHandle): Promise<void> => writeState(recipe.name, withWanted({ ...known, handle }, wanted))
  return { ...known, handle: await startInstance(recipe, plan, { progress, launched }) }
}

/** The service's own ports. A test run takes others where somebody has those; who starts it by hand expects these. */
async function choosePorts(recipe: Recipe<object>, wanted: Wanted): Promise<readonly number[]> {
  const ports = sharedPorts(recipe)
  const taken = await Promise.all(ports.map(portInUse))
  if (!taken.includes(true)) return ports
  if (wanted.by === 'run') return await freePorts(ports.length)
  throw new ServiceError(
    `${recipe.name} cannot start: port ${ports[taken.indexOf(true)]} of ${host} is in use by another program. ` +
      `Stop that, or set ${recipe.portVariable} to a free port.`,
  )
}

function sharedPorts(recipe: Recipe<object>): readonly number[] {
  const text = process.env[recipe.portVariable]
  if (text === undefined || text === '') return recipe.ports
  const first = Number(text)
  if (!Number.isInteger(first) || first < 1 || first > 65_000) {
    throw new ServiceError(`${recipe.portVariable} must be a port number from 1 to 65000, not '${text}'.`)
  }
  return recipe.ports.map((port) => first + port - (recipe.ports[0] ?? 0))
}

function withWanted(state: SharedState, wanted: Wanted): SharedState {
  if (wanted.by === 'hand') return { ...state, kept: true }
  const others = state.users.filter((user) => user.pid !== wanted.run.pid && isRunning(user))
  return { ...state, users: [...others, wanted.run] }
}
