export type { FormatName } from './format-name.ts'
export { createNormalizer, UnknownFormatError } from './normalizer.ts'
export type { NormalizedLog, Normalizer, NormalizerOptions, RecordContext } from './normalizer.ts'
export { UnknownTimeZoneError } from './time/time-zone.ts'
