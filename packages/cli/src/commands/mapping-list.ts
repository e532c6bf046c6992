import type { EventSourceMappingConfiguration } from '@millrace/function'
import { connectToRunning } from '../client/connect.ts'
import { functionOf, MappingClient, streamOf } from '../client/mapping-client.ts'
import type { OptionValues } from '../options/option.ts'
import type { mappingListOptions } from './mapping-options.ts'
import { table } from './table.ts'

/** `millrace mapping list` */
export async function listMappings(options: OptionValues<typeof mappingListOptions>, signal: AbortSignal): Promise<void> {
  const all = await new MappingClient(await connectToRunning(options), signal).list()
  const chosen = all.filter(
    (mapping) =>
      (options.stream ?? streamOf(mapping)) === streamOf(mapping) && (options.function ?? functionOf(mapping)) === functionOf(mapping),
  )
  if (options.json) for (const mapping of chosen) console.log(JSON.stringify(mapping))
  else if (chosen.length === 0) console.error('There are no mappings.')
  else for (const line of table([heading, ...chosen.map(row)])) console.log(line)
}

const heading = ['STREAM', 'FUNCTION', 'STATE', 'LAST RESULT', 'UUID']

function row(mapping: EventSourceMappingConfiguration): string[] {
  return [streamOf(mapping), functionOf(mapping), mapping.State, mapping.LastProcessingResult, mapping.UUID]
}
