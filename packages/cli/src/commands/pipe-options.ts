import { hostname } from 'node:os'
import { z } from 'zod'
import { clientOptions, normalizerOptions } from '../options/common.ts'
import { option, switchedOn, wholeNumber } from '../options/option.ts'

export const pipeOptions = {
  stream: option({ flag: '--stream <name>', description: 'stream to write to', schema: z.string(), default: 'logs' }),
  service: option({
    flag: '--service <name>',
    env: 'MILLRACE_SERVICE',
    description: 'service.name of the documents',
    schema: z.string().optional(),
  }),
  hostName: option({ flag: '--host-name <name>', description: 'host.name of the documents', schema: z.string().default(() => hostname()) }),
  tee: option({ flag: '--tee', description: 'copy the input to standard output', schema: switchedOn() }),
  partitionKey: option({
    flag: '--partition-key <key>',
    description: 'one partition key for all lines',
    schema: z.string().min(1).max(256).optional(),
  }),
  ordered: option({
    flag: '--ordered',
    description: 'one partition key for each source, so that its lines are handled in order',
    schema: switchedOn(),
  }),
  wait: option({
    flag: '--wait <seconds>',
    description: 'how long to go on trying after the end of the input while the server is away',
    schema: wholeNumber(0, 86_400),
    default: '30',
  }),
  spool: option({
    flag: '--spool <dir>',
    env: 'MILLRACE_SPOOL',
    description: 'where lines wait while the server is away; without it, below the data directory',
    schema: z.string().optional(),
  }),
  quiet: option({ flag: '-q, --quiet', description: 'no progress and no summary', schema: switchedOn() }),
  ...clientOptions,
  ...normalizerOptions,
} as const
