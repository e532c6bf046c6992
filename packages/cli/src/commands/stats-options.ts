import { clientOptions, outputOptions } from '../options/common.ts'

export const statsOptions = { ...outputOptions, ...clientOptions } as const
