import { backendOptions } from '../options/backends.ts'
import { dataOptions, normalizerOptions, serverOptions } from '../options/common.ts'

export const upOptions = { ...dataOptions, ...serverOptions, ...normalizerOptions, ...backendOptions } as const
