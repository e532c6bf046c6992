import { randomUUID } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type InstanceHandle, removeInstance, signalInstance, startInstance, stopInstance } from './instance.ts'
import { startKeeper } from './keeper.ts'
import { place, servicesDirectory } from './places.ts'
import { freePorts } from './ports.ts'
import { isRunning, ownIdentity, type ProcessIdentity } from './process-identity.ts'
import type { Recipe, Settings } from './recipe.ts'

/** Options of an instance of one's own. */
export interface PrivateOptions {
  /** In the service's own words: broker properties, elasticsearch.yml, redis.conf. */
  readonly settings?: Settings
  /** The Java heap in MiB, where there is one. */
  readonly heapMb?: number
  /** Sees each line about what takes long. */
  readonly progress?: (line: string) => void
}

/** An instance on ports of its own that a test may treat as badly as it likes. It ends with the block that it was made in. */
export interface PrivateService<Address> extends AsyncDisposable {
  /** Stays the same over restarts. */
  readonly address: Address
  /** Starts it again, on its data, after `stop` or `kill`; with other settings if given. */
  start(settings?: Settings): Promise<void>
  /** Stops it in order. */
  stop(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
  /** Makes it stand still, connections and all, until `resume`. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** The folder with its data and its log. */
  readonly directory: string
}

interface Ownership {
  readonly owner: ProcessIdentity
  readonly handle?: InstanceHandle
}

/** Starts an instance of one's own. It is cleaned up even if the process that asked is killed. @throws ServiceError. */
export async function startPrivate<Address extends object>(
  recipe: Recipe<Address>,
  options: PrivateOptions = {},
): Promise<PrivateService<Address>> {
  const directory = place('private', `${recipe.name}-${randomUUID().slice(0, 8)}`)
  const ports = await freePorts(recipe.ports.length)
  const heap = options.heapMb === undefined ? {} : { heapMb: options.heapMb }
  const progress = options.progress ?? (() => {})
  let handle: InstanceHandle
  const launched = (launchedHandle: InstanceHandle): Promise<void> => own(directory, { owner: ownIdentity(), handle: launchedHandle })
  const start = async (settings: Settings): Promise<void> => {
    handle = await startInstance(recipe, { ports, directory, settings, ...heap }, { progress, launched })
  }
  const stop = (): Promise<void> => stopInstance(handle)
  await own(directory, { owner: ownIdentity() })
  startKeeper()
  try {
    await start(options.settings ?? {})
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    throw error
  }
  return {
    address: recipe.address(ports[0] ?? 0),
    directory,
    start: (settings) => start(settings ?? options.settings ?? {}),
    stop,
    kill: async () => {
      await signalInstance(handle, 'kill')
      await stop()
    },
    pause: () => signalInstance(handle, 'pause'),
    resume: () => signalInstance(handle, 'resume'),
    [Symbol.asyncDispose]: () => remove(directory, handle),
  }
}

/** Stops and removes the instances whose owners are gone. Answers whether others are left. */
export async function removeAbandoned(): Promise<boolean> {
  let left = false
  const parent = join(servicesDirectory(), 'private')
  for (const name of await readdir(parent).catch(() => [])) {
    const directory = join(parent, name)
    const ownership = await ownershipOf(directory)
    if (ownership === undefined || isRunning(ownership.owner)) left ||= ownership !== undefined
    else await remove(directory, ownership.handle)
  }
  return left
}

async function own(directory: string, ownership: Ownership): Promise<void> {
  await writeFile(join(directory, 'owner.json'), JSON.stringify(ownership))
}

async function ownershipOf(directory: string): Promise<Ownership | undefined> {
  try {
    return JSON.parse(await readFile(join(directory, 'owner.json'), 'utf8')) as Ownership
  } catch {
    // It is just being made, or removed.
    return undefined
  }
}

async function remove(directory: string, handle: InstanceHandle | undefined): Promise<void> {
  if (handle !== undefined) await removeInstance(handle)
  await rm(directory, { recursive: true, force: true })
}
