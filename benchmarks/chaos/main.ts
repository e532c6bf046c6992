import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { type FaultKind, faultKinds } from './fault-plan.ts'
import { printReport } from './print-report.ts'
import { runChaos } from './run-chaos.ts'

const help = `usage: npm run chaos -- [--seed N] [--minutes M] [--records N] [--faults KINDS] [--json FILE]

Sends records through several millrace processes over a Kafka, an Elasticsearch and a Redis of its own, kills and stops all of them again and again,
and checks that every record is in the index once and in order. The faults follow from the seed.

  --seed N        of the faults (default: 1)
  --minutes M     how long records are sent and faults happen (default: 5)
  --records N     how many (default: 1,000,000)
  --faults KINDS  only these, separated by commas: ${faultKinds.join(', ')}
  --processes N   of millrace up (default: 3)
  --sources N     processes of millrace pipe, each with a partition key (default: 6)
  --json FILE     write the report there, too

Exit codes: 0 nothing was lost, doubled or out of order; 1 something was; 2 the command line cannot be meant; 3 the run could not be made; 130 interrupted.`

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '5' },
    records: { type: 'string', default: '1000000' },
    processes: { type: 'string', default: '3' },
    sources: { type: 'string', default: '6' },
    faults: { type: 'string', default: faultKinds.join(',') },
    json: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) {
  console.log(help)
  process.exit(0)
}
const number = (name: 'seed' | 'minutes' | 'records' | 'processes' | 'sources', least: number): number => {
  const value = Number(values[name])
  if (Number.isFinite(value) && value >= least && (name === 'minutes' || Number.isInteger(value))) return value
  console.error(`--${name} ${values[name]}: a number of at least ${least} is wanted.\n\n${help}`)
  process.exit(2)
}
const isKind = (name: string): name is FaultKind => (faultKinds as readonly string[]).includes(name)
const kinds = values.faults.split(',').map((name) => {
  if (isKind(name)) return name
  console.error(`--faults ${name}: there is no such fault.\n\n${help}`)
  process.exit(2)
})
const options = {
  kinds,
  seed: number('seed', 0),
  minutes: number('minutes', 0.3),
  records: number('records', 1),
  processes: number('processes', 2),
  sources: number('sources', 1),
}
const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort(new Error(`interrupted by ${signal}`)))
try {
  const report = await runChaos({ ...options, signal: interrupted.signal, say: (text) => console.log(text) })
  printReport(report)
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`)
  process.exitCode = report.violations.length === 0 ? 0 : 1
} catch (error) {
  if (!interrupted.signal.aborted)
    console.error(`The run could not be made: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  process.exitCode = interrupted.signal.aborted ? 130 : 3
}
