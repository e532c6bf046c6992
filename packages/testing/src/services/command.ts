import { type ServiceName, serviceNames } from './recipe.ts'

const commands = ['start', 'stop', 'status', 'wipe'] as const

/** What was asked of `npm run services`. */
export interface ServicesCommand {
  readonly command: (typeof commands)[number]
  readonly services: readonly ServiceName[]
  readonly json: boolean
}

/** How to ask. */
export const usage: string = `npm run services -- start|stop|status|wipe [${serviceNames.join('|')} …] [--json]

  start    starts them and waits until they answer; without names: kafka, elasticsearch and redis
  stop     stops what was started, and keeps its data
  status   says what runs, and where
  wipe     stops them and removes their data; what was downloaded stays
`

/** The command, or what is wrong with it; undefined where help is wanted. */
export function parseCommand(
  positionals: readonly string[],
  values: Readonly<Record<string, unknown>>,
): ServicesCommand | string | undefined {
  const [command, ...names] = positionals
  if (values['help'] === true || (command === undefined && Object.keys(values).length === 0)) return undefined
  const option = Object.keys(values).find((name) => name !== 'json')
  if (option !== undefined) return `There is no option --${option}.`
  if (!isOneOf(commands, command)) return `There is no command '${command ?? ''}'.`
  const unknown = names.find((name) => !isOneOf(serviceNames, name))
  if (unknown !== undefined) return `There is no service '${unknown}': they are ${serviceNames.join(', ')}.`
  const chosen = serviceNames.filter((name) => names.includes(name))
  return { command, services: chosen.length > 0 ? chosen : servicesWithoutNames(command), json: values['json'] === true }
}

/** Only a compatibility test needs the older Elasticsearch, so it is started by name; everything else is about all. */
function servicesWithoutNames(command: ServicesCommand['command']): readonly ServiceName[] {
  return command === 'start' ? serviceNames.filter((name) => name !== 'elasticsearch8') : serviceNames
}

function isOneOf<T extends string>(all: readonly T[], text: string | undefined): text is T {
  return all.some((one) => one === text)
}
