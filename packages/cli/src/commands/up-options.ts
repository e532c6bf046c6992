import { backendOptions } from '../options/backends.ts'
import { option, switchedOn, wholeNumber } from '../options/option.ts'
import { dataOptions, normalizerOptions, serverOptions } from '../options/common.ts'

/** For development. */
const watchOptions = {
  watch: option({
    flag: '--watch',
    env: 'MILLRACE_WATCH',
    description: 'look at the code of functions, and run what was changed from the next invocation on',
    schema: switchedOn(),
  }),
} as const

/** How many executions there may be. */
const concurrencyOptions = {
  accountConcurrency: option({
    flag: '--account-concurrency <n>',
    env: 'MILLRACE_ACCOUNT_CONCURRENCY',
    description: 'executions of all functions at once; with --redis, of all processes together',
    schema: wholeNumber(1, 100_000),
    default: '1000',
  }),
  scaleOut: option({
    flag: '--scale-out <n>',
    env: 'MILLRACE_SCALE_OUT',
    description: 'new environments of one function in 10 s, in this process (Lambda: 1000); without it as many as the machine can start',
    schema: wholeNumber(1, 100_000).optional(),
  }),
} as const

export const upOptions = {
  ...dataOptions,
  ...watchOptions,
  ...concurrencyOptions,
  ...serverOptions,
  ...normalizerOptions,
  ...backendOptions,
} as const
