import { composeIsRunning, composeSignal, composeStart, composeStop, dockerEngineAnswers } from './docker-compose.ts'
import { launchProcess, signalProcess, stopProcess, waitUntilReady } from './local-process.ts'
import { isRunning, type ProcessIdentity } from './process-identity.ts'
import type { InstancePlan, Recipe } from './recipe.ts'
import { ServiceError } from './service-error.ts'
import { software } from './software.ts'

/** How an instance that was started is found again, by any process: plain data for a file. */
export type InstanceHandle =
  | { readonly backend: 'process'; readonly identity: ProcessIdentity }
  | { readonly backend: 'docker'; readonly project: string; readonly service: string }

/** Sees a start as it goes. */
export interface StartObserver {
  readonly progress: (line: string) => void
  /** Called as soon as there is something that must be stopped again, long before it answers: to write it down. */
  readonly launched: (handle: InstanceHandle) => Promise<void>
}

/** What can be done to an instance without asking it. */
export type InstanceSignal = 'kill' | 'pause' | 'resume'

const signals = { kill: 'SIGKILL', pause: 'SIGSTOP', resume: 'SIGCONT' } as const

/**
 * Starts an instance and waits until it answers: as a container where a Docker engine is, else as a process.
 * @throws ServiceError that names the service, with the end of its log.
 */
export async function startInstance<Address extends object>(
  recipe: Recipe<Address>,
  plan: InstancePlan,
  observer: StartObserver,
): Promise<InstanceHandle> {
  const address = recipe.address(plan.ports[0] ?? 0)
  const answers = (): Promise<boolean> => recipe.answers(address)
  if (await dockerEngineAnswers()) return await composeStart(recipe, plan, answers, observer)
  const directory = await software(recipe, observer.progress)
  const identity = await launchProcess(await launchFor(recipe, plan, directory), plan.directory)
  const handle: InstanceHandle = { backend: 'process', identity }
  try {
    await observer.launched(handle)
    await waitUntilReady(identity, plan.directory, answers, recipe.readyTimeoutMs)
  } catch (error) {
    await stopProcess(identity)
    throw named(recipe, error)
  }
  return handle
}

/** Whether it runs; a paused one does. */
export async function instanceIsRunning(handle: InstanceHandle): Promise<boolean> {
  return handle.backend === 'process' ? isRunning(handle.identity) : await composeIsRunning(handle)
}

/** Stops it in order, and keeps its data. Does nothing where it does not run. */
export async function stopInstance(handle: InstanceHandle): Promise<void> {
  if (handle.backend === 'process') await stopProcess(handle.identity)
  else await composeStop(handle, 'keep-data')
}

/** Ends it at once, or makes it stand still and go on. */
export async function signalInstance(handle: InstanceHandle, signal: InstanceSignal): Promise<void> {
  if (handle.backend === 'process') signalProcess(handle.identity, signals[signal])
  else await composeSignal(handle, signal)
}

/** Ends it at once and takes away its volumes, where it is a container; its folder is the caller's. */
export async function removeInstance(handle: InstanceHandle): Promise<void> {
  if (handle.backend === 'docker') return await composeStop(handle, 'remove-data')
  signalProcess(handle.identity, 'SIGKILL')
  await stopProcess(handle.identity)
}

async function launchFor(recipe: Recipe<object>, plan: InstancePlan, directory: string): ReturnType<typeof recipe.launch> {
  try {
    return await recipe.launch(plan, directory)
  } catch (error) {
    throw named(recipe, error)
  }
}

function named(recipe: Recipe<object>, error: unknown): unknown {
  return error instanceof ServiceError ? new ServiceError(`${recipe.name} ${error.message}`) : error
}
