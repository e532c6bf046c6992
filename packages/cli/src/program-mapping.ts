import type { Command } from 'commander'
import { mappingCreateOptions, mappingListOptions, mappingOptions, mappingUpdateOptions } from './commands/mapping-options.ts'
import { mappingReplayOptions } from './commands/mapping-replay-options.ts'
import { command } from './options/command.ts'

/** Adds `millrace mapping …`. */
export function addMappingCommands(program: Command, signal: AbortSignal): void {
  const mapping = program.command('mapping').description('event source mappings: which function handles which stream, and how')
  command(
    mapping,
    'list',
    'print the event source mappings',
    mappingListOptions,
    async (options) => (await import('./commands/mapping-list.ts')).listMappings(options, signal),
    ['mapping list', 'mapping list --function log-indexer --json'],
  )
  command(
    mapping,
    'describe <mapping>',
    'state, lag and parameters of a mapping, and why it runs at the concurrency that it does',
    mappingOptions,
    async (options, name: string) => (await import('./commands/mapping-describe.ts')).describeMapping(name, options, signal),
    ['mapping describe log-indexer', 'mapping describe logs:log-indexer', 'mapping describe 26c3'],
  )
  command(
    mapping,
    'create',
    'map a stream, or a Kafka topic, to a function',
    mappingCreateOptions,
    async (options) => (await import('./commands/mapping-change.ts')).createMapping(options, signal),
    [
      'mapping create --stream logs --function alerts --from LATEST',
      'mapping create --stream logs --function alerts --from 2026-11-21T08:00:00Z --set BatchSize=50 --set MaximumRetryAttempts=3',
      'mapping create --kafka-topic orders --kafka-bootstrap-servers kafka-1:9092,kafka-2:9092 --function orders',
    ],
  )
  command(
    mapping,
    'update <mapping>',
    'change parameters of a mapping while it runs',
    mappingUpdateOptions,
    async (options, name: string) => (await import('./commands/mapping-change.ts')).updateMapping(name, options, signal),
    ['mapping update alerts --set BatchSize=500 --set MaximumBatchingWindowInSeconds=2'],
  )
  command(
    mapping,
    'pause <mapping>',
    'stop polling, and wait until the work in hand is settled',
    mappingOptions,
    async (options, name: string) => (await import('./commands/mapping-change.ts')).switchMapping(name, false, options, signal),
    ['mapping pause alerts'],
  )
  command(
    mapping,
    'resume <mapping>',
    'go on where it was paused',
    mappingOptions,
    async (options, name: string) => (await import('./commands/mapping-change.ts')).switchMapping(name, true, options, signal),
    ['mapping resume alerts'],
  )
  command(
    mapping,
    'delete <mapping>',
    'end a mapping; its place in the stream is forgotten',
    mappingOptions,
    async (options, name: string) => (await import('./commands/mapping-change.ts')).deleteMapping(name, options, signal),
    ['mapping delete logs:alerts'],
  )
  command(
    mapping,
    'replay <stream>',
    'past records of a stream through a function once more; no mapping and no checkpoint is touched',
    mappingReplayOptions,
    async (options, stream: string) => (await import('./commands/mapping-replay.ts')).replayMapping(stream, options, signal),
    [
      'mapping replay logs --from 2h --function log-indexer --dry-run',
      'mapping replay logs --from 2026-11-21T08:00:00Z --until 2026-11-21T09:00:00Z --function log-indexer --into fixed',
      'mapping replay logs --from 2h --mapping alerts',
    ],
  )
}
