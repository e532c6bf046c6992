import { dataOptions, normalizerOptions, serverOptions } from '../options/common.ts'

export const upOptions = { ...dataOptions, ...serverOptions, ...normalizerOptions } as const
