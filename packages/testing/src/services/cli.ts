import { parseArgs } from 'node:util'
import { parseCommand, type ServicesCommand, usage } from './command.ts'
import type { Recipe } from './recipe.ts'
import { recipes } from './recipes.ts'
import { ServiceError } from './service-error.ts'
import { startShared, stopShared, wipeShared } from './shared-service.ts'
import { describeStatus, serviceStatus } from './status.ts'

type Progress = (line: string) => void

/** Does to one service what the command says. */
async function act(command: ServicesCommand['command'], recipe: Recipe<object>, progress: Progress): Promise<void> {
  const external = process.env[recipe.testVariable]
  if (command !== 'status' && external !== undefined && external !== '') {
    return progress(`${recipe.testVariable} points at ${external}: left alone`)
  }
  if (command === 'start') {
    await startShared(recipe, { by: 'hand' }, progress)
  } else if (command === 'stop') {
    progress((await stopShared(recipe)) ? 'stopped' : 'did not run')
  } else if (command === 'wipe') {
    await wipeShared(recipe)
    progress('stopped, data removed')
  }
}

async function run({ command, services, json }: ServicesCommand): Promise<void> {
  const chosen = recipes.filter(({ name }) => services.includes(name))
  const outcomes = await Promise.allSettled(
    chosen.map((recipe) => act(command, recipe, (line) => void process.stderr.write(`${recipe.name}: ${line}\n`))),
  )
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') continue
    if (!(outcome.reason instanceof ServiceError)) throw outcome.reason
    process.stderr.write(`error: ${outcome.reason.message}\n`)
    process.exitCode = 1
  }
  if (command !== 'start' && command !== 'status') return
  const statuses = await Promise.all(chosen.map(serviceStatus))
  process.stdout.write(json ? `${JSON.stringify(statuses, undefined, 2)}\n` : `${statuses.map(describeStatus).join('\n')}\n`)
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
})
const command = parseCommand(positionals, values)
if (typeof command === 'string') {
  process.stderr.write(`${command}\n\n${usage}`)
  process.exitCode = 2
} else if (command === undefined) {
  process.stdout.write(usage)
} else {
  await run(command)
}
