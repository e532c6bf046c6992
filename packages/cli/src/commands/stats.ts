import { connectToExisting } from '../client/connect.ts'
import type { OptionValues } from '../options/option.ts'
import type { statsOptions } from './stats-options.ts'
import type { SystemStats } from '../system/system-stats.ts'

/** `millrace stats`: where every record is, how far each shard is behind, and what the functions do. */
export async function stats(options: OptionValues<typeof statsOptions>, signal: AbortSignal): Promise<void> {
  await using connection = await connectToExisting(options)
  const all = await connection.client.json<SystemStats>('GET', '/stats', undefined, signal)
  if (options.json) console.log(JSON.stringify(all))
  else for (const line of renderStats(all)) console.log(line)
}

/** The figures as lines to read. */
export function renderStats(all: SystemStats): string[] {
  const { index, deadLetters, mappings, functions, unavailable } = all
  return [
    `index         ${index === undefined ? 'does not answer' : `${n(index.documents)} documents, ${n(Math.round(index.bytes / 1024 / 1024))} MiB`}`,
    `dead letters  ${deadLetters === undefined ? 'cannot be counted' : n(deadLetters)}`,
    ...renderLimits(all.coordination),
    ...mappings.flatMap(renderMapping),
    ...functions.flatMap(renderFunction),
    ...(unavailable.length === 0 ? [] : ['', ...unavailable.map(({ part, reason }) => `NOT AVAILABLE  ${part}: ${reason}`)]),
  ]
}

function n(value: number): string {
  return value.toLocaleString('en')
}

function renderMapping(mapping: SystemStats['mappings'][number]): string[] {
  const { received, settled, filtered, deadLettered, inFlight, abandoned } = mapping.records
  const leftOut = filtered === 0 ? '' : ` + filtered out ${n(filtered)}`
  const givenBack = abandoned === 0 ? '' : ` + given back ${n(abandoned)}`
  return [
    '',
    `${mapping.stream} > ${mapping.function}   ${mapping.explanation}`,
    `  records     received ${n(received)} = settled ${n(settled)}${leftOut} + dead-lettered ${n(deadLettered)} + in flight ${n(inFlight)}${givenBack}`,
    ...(mapping.shards ?? []).map((shard) => {
      const behind = shard.lagSeconds === 0 ? 'up to date' : `${n(shard.records)} records, ${shard.lagSeconds.toFixed(1)} s behind`
      return `  ${shard.shardId}  ${behind}${shard.lostRecords === 0 ? '' : `, ${n(shard.lostRecords)} LOST to retention`}`
    }),
  ]
}

function renderFunction({ name, ...figures }: SystemStats['functions'][number]): string[] {
  return [
    '',
    `${name}   ${n(figures.environments)} environments, ${n(figures.busyInvocations)} invocations under way`,
    `  ${n(figures.invocations)} invocations, ${n(figures.errors)} errors, ${n(figures.throttles)} throttles, ${n(figures.coldStarts)} cold starts, ${n(Math.round(figures.gbSeconds))} GB-s`,
  ]
}

/** Nothing while one process has the limits for itself: what its functions do is told with them. */
function renderLimits({ processes, degraded, degradations, roundTrips, failures, concurrency }: SystemStats['coordination']): string[] {
  if (roundTrips === 0) return []
  const state = degraded
    ? `DEGRADED: Redis does not answer, this process takes its part as one of ${n(processes)}`
    : `shared by ${n(processes)} processes`
  const past = degradations === 0 ? '' : `, Redis was lost ${n(degradations)} times`
  return [
    `limits        ${state}${past}, ${n(roundTrips)} requests to Redis, ${n(failures)} without an answer`,
    ...concurrency.map(
      ({ name, max, taken, allowed, waiting }) =>
        `  ${name.padEnd(11)} ${n(taken)} taken of ${n(allowed)} allowed here, ${n(max)} for all${waiting === 0 ? '' : `, ${n(waiting)} wait`}`,
    ),
  ]
}
