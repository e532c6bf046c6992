import { backendOptions } from '../options/backends.ts'
import { option, switchedOn } from '../options/option.ts'
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

export const upOptions = { ...dataOptions, ...watchOptions, ...serverOptions, ...normalizerOptions, ...backendOptions } as const
