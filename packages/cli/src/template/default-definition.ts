import { mappingUuid } from './load-template.ts'
import { logIndexerName, type SystemDefinition } from './system-definition.ts'

/** What runs without a template: a stream `logs` of 4 shards, mapped to the built-in `log-indexer`. */
export const defaultDefinition: SystemDefinition = {
  isTemplate: false,
  streams: [{ name: 'logs', shardCount: 4, retentionHours: 24 }],
  functions: [],
  mappings: [
    {
      uuid: mappingUuid('logs', logIndexerName, 'default'),
      streamName: 'logs',
      functionName: logIndexerName,
      parameters: { StartingPosition: 'TRIM_HORIZON' },
    },
  ],
  warnings: [],
}
