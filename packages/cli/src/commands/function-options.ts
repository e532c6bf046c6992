import { z } from 'zod'
import { clientOptions, outputOptions } from '../options/common.ts'
import { option, switchedOn, wholeNumber } from '../options/option.ts'

export const functionOptions = { ...outputOptions, ...clientOptions } as const

export const functionLogOptions = {
  follow: option({ flag: '-f, --follow', description: 'go on with what is logged from now on, until interrupted', schema: switchedOn() }),
  since: option({
    flag: '--since <time>',
    description: 'lines from this time on: 15m, 2h or an ISO time; without it all that are kept',
    schema: z.string().optional(),
  }),
  size: option({ flag: '-n, --size <n>', description: 'lines to print, the newest ones', schema: wholeNumber(1, 10_000), default: '1000' }),
  intervalMs: option({
    flag: '--interval-ms <n>',
    description: 'milliseconds between looks',
    schema: wholeNumber(50, 60_000),
    default: '300',
  }),
  ...outputOptions,
  ...clientOptions,
} as const
