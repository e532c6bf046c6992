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
  const n = (value: number): string => value.toLocaleString('en')
  const lines = [
    `index         ${n(all.index.documents)} documents, ${n(Math.round(all.index.bytes / 1024 / 1024))} MiB`,
    `dead letters  ${n(all.deadLetters)}`,
  ]
  for (const mapping of all.mappings) {
    const { received, settled, deadLettered, inFlight, abandoned } = mapping.records
    lines.push(
      '',
      `${mapping.stream} > ${mapping.function}   ${mapping.explanation}`,
      `  records     received ${n(received)} = settled ${n(settled)} + dead-lettered ${n(deadLettered)} + in flight ${n(inFlight)}${abandoned === 0 ? '' : ` + given back ${n(abandoned)}`}`,
    )
    for (const shard of mapping.shards) {
      const behind = shard.lagSeconds === 0 ? 'up to date' : `${n(shard.records)} records, ${shard.lagSeconds.toFixed(1)} s behind`
      lines.push(`  ${shard.shardId}  ${behind}${shard.lostRecords === 0 ? '' : `, ${n(shard.lostRecords)} LOST to retention`}`)
    }
  }
  for (const { name, ...figures } of all.functions) {
    lines.push(
      '',
      `${name}   ${n(figures.environments)} environments, ${n(figures.busyInvocations)} invocations under way`,
      `  ${n(figures.invocations)} invocations, ${n(figures.errors)} errors, ${n(figures.throttles)} throttles, ${n(figures.coldStarts)} cold starts, ${n(Math.round(figures.gbSeconds))} GB-s`,
    )
  }
  return lines
}
