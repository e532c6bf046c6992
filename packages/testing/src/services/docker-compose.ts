import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StartObserver } from './instance.ts'
import { dockerFile } from './places.ts'
import { findOnPath, type ProgramResult, runProgram } from './program.ts'
import type { InstancePlan, Recipe, Settings } from './recipe.ts'
import { ServiceError } from './service-error.ts'

/** A container that was started, as Compose finds it again. */
export interface ContainerHandle {
  readonly backend: 'docker'
  readonly project: string
  readonly service: string
}

const file = dockerFile('compose.services.yaml')
const pollIntervalMs = 200
let engine: Promise<boolean> | undefined

/** Whether a Docker engine with Compose answers here. Asked once. */
export function dockerEngineAnswers(): Promise<boolean> {
  engine ??= askEngine()
  return engine
}

/** Starts a container of `docker/compose.services.yaml` and waits until `answers` says so. The images are pulled where needed. */
export async function composeStart(
  recipe: Recipe<object>,
  plan: InstancePlan,
  answers: () => Promise<boolean>,
  observer: StartObserver,
): Promise<ContainerHandle> {
  const handle: ContainerHandle = { backend: 'docker', project: projectName(plan.directory), service: recipe.name }
  await mkdir(plan.directory, { recursive: true })
  const override = join(plan.directory, 'compose.override.json')
  await writeFile(override, JSON.stringify(composeOverride(recipe, plan)))
  observer.progress('starting its container …')
  await observer.launched(handle)
  const environment = { [recipe.portVariable]: String(plan.ports[0]) }
  await compose(handle, ['-f', override, 'up', '--detach', recipe.name], environment)
  const deadline = Date.now() + recipe.readyTimeoutMs
  while (!(await answers())) {
    if (Date.now() > deadline || !(await composeIsRunning(handle))) {
      const { output } = await compose(handle, ['logs', '--tail', '20', recipe.name])
      await composeStop(handle, 'keep-data')
      throw new ServiceError(`${recipe.name} was not ready within ${recipe.readyTimeoutMs / 1000} s. The end of its log:\n${output}`)
    }
    await sleep(pollIntervalMs)
  }
  return handle
}

/** What a plan adds to the service in the file: Compose merges the two, and reads JSON as the YAML that it is. */
export function composeOverride({ name, container }: Recipe<object>, { settings, heapMb }: InstancePlan): object {
  const { environment = {}, command } = container.override(settings)
  const java = container.javaOptionsVariable
  const heap = heapMb === undefined || java === undefined ? {} : { [java]: `-Xms${heapMb}m -Xmx${heapMb}m` }
  const own = { environment: { ...heap, ...environment }, ...(command === undefined ? {} : { command }) }
  // A dollar sign would name a variable.
  return JSON.parse(JSON.stringify({ services: { [name]: own } }).replaceAll('$', '$$$$')) as object
}

/** Whether the container runs; a paused one does. */
export async function composeIsRunning(handle: ContainerHandle): Promise<boolean> {
  const args = ['ps', '--quiet', '--status', 'running', '--status', 'paused', handle.service]
  return (await compose(handle, args)).output.trim() !== ''
}

/** Stops the container, and removes it with its volumes if asked. */
export async function composeStop(handle: ContainerHandle, data: 'keep-data' | 'remove-data'): Promise<void> {
  await compose(handle, data === 'keep-data' ? ['stop', handle.service] : ['down', '--volumes'])
}

/** Kills the container, or freezes and thaws it. */
export async function composeSignal(handle: ContainerHandle, signal: 'kill' | 'pause' | 'resume'): Promise<void> {
  const args = { kill: ['kill', '--signal', 'SIGKILL'], pause: ['pause'], resume: ['unpause'] }[signal]
  await compose(handle, [...args, handle.service])
}

function projectName(directory: string): string {
  return `millrace-${createHash('sha256').update(directory).digest('hex').slice(0, 12)}`
}

async function compose(handle: ContainerHandle, args: readonly string[], environment: Settings = {}): Promise<ProgramResult> {
  const result = await runProgram('docker', ['compose', '-p', handle.project, '-f', file, ...args], {
    env: { ...process.env, ...environment },
  })
  if (result.code !== 0) throw new ServiceError(`docker compose ${args.join(' ')} failed: ${result.output.slice(-2000)}`)
  return result
}

async function askEngine(): Promise<boolean> {
  if (findOnPath('docker') === undefined) return false
  for (const args of [['compose', 'version'], ['info']]) {
    if ((await runProgram('docker', args, { timeoutMs: 10_000 })).code !== 0) return false
  }
  return true
}
