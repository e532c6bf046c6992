import { z } from 'zod'
import { clientOptions, outputOptions } from '../options/common.ts'
import { option, wholeNumber } from '../options/option.ts'

export const tailOptions = {
  since: option({
    flag: '--since <time>',
    description: 'documents with a timestamp from this time on: 15m, 2h or an ISO time',
    schema: z.string(),
    default: '10s',
  }),
  intervalMs: option({
    flag: '--interval-ms <n>',
    description: 'milliseconds between looks',
    schema: wholeNumber(50, 60_000),
    default: '300',
  }),
  ...outputOptions,
  ...clientOptions,
} as const
