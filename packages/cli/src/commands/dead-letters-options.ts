import { z } from 'zod'
import { clientOptions, outputOptions } from '../options/common.ts'
import { option, switchedOn, wholeNumber } from '../options/option.ts'

const selection = {
  stream: option({ flag: '--stream <name>', description: 'only of this stream', schema: z.string().optional() }),
  function: option({ flag: '--function <name>', description: 'only of this function', schema: z.string().optional() }),
} as const

export const deadLettersListOptions = {
  ...selection,
  size: option({ flag: '-n, --size <n>', description: 'letters to print, oldest first', schema: wholeNumber(1, 1_000), default: '50' }),
  after: option({ flag: '--after <id>', description: 'go on after this letter', schema: z.string().optional() }),
  ...outputOptions,
  ...clientOptions,
} as const

export const deadLettersShowOptions = { ...outputOptions, ...clientOptions } as const

export const deadLettersRedriveOptions = {
  all: option({ flag: '--all', description: 'every letter (of --stream, of --function)', schema: switchedOn() }),
  ...selection,
  wait: option({
    flag: '--wait <seconds>',
    description: 'how long to go on while a stream takes nothing back',
    schema: wholeNumber(0, 86_400),
    default: '60',
  }),
  ...outputOptions,
  ...clientOptions,
} as const
