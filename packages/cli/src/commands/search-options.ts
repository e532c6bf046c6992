import { z } from 'zod'
import { clientOptions, outputOptions } from '../options/common.ts'
import { option, switchedOn, wholeNumber } from '../options/option.ts'

export const searchOptions = {
  since: option({
    flag: '--since <time>',
    description: 'from this time on: 15m, 2h, 7d or an ISO time; without it, everything',
    schema: z.string().optional(),
  }),
  until: option({ flag: '--until <time>', description: 'before this time', schema: z.string().optional() }),
  size: option({ flag: '-n, --size <n>', description: 'documents to print, newest first', schema: wholeNumber(0, 10_000), default: '20' }),
  count: option({ flag: '--count', description: 'print only how many match', schema: switchedOn() }),
  ...outputOptions,
  ...clientOptions,
} as const
