import { createNormalizer, type NormalizerOptions } from '@millrace/log-normalizer'
import type { normalizerOptions } from '../options/common.ts'
import type { OptionValues } from '../options/option.ts'
import { UsageError } from '../options/usage-error.ts'

/** The normalizer's options from those of the command line. Throws `UsageError` for a format or time zone that there is not. */
export function normalizerFrom(options: OptionValues<typeof normalizerOptions>): NormalizerOptions {
  const normalizer: NormalizerOptions = {
    hint: options.format as NonNullable<NormalizerOptions['hint']>,
    keepOriginal: options.keepOriginal,
    timeZone: options.timeZone,
    namespace: options.namespace,
  }
  try {
    // Made for the check alone: a worker thread makes the one that works, and would fail later and further away.
    createNormalizer(normalizer)
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
  return normalizer
}
