import { z } from 'zod'
import { clientOptions, outputOptions } from '../options/common.ts'
import { option } from '../options/option.ts'

export const invokeOptions = {
  event: option({
    flag: '-e, --event <file>',
    description: 'file with the event as JSON; - reads standard input',
    schema: z.string(),
    default: '-',
  }),
  ...outputOptions,
  ...clientOptions,
} as const
