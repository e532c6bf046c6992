import type { FormatName } from '../format-name.ts'
import { createNormalizer } from '../normalizer.ts'

/** A line, and what it must become. The document is without what all documents have: `ecs`, `data_stream` and `event.dataset`. */
export interface Example {
  readonly line: string
  readonly dataset: string
  readonly document: object
  /** Of the record that the line came in. */
  readonly context?: { readonly service?: string; readonly path?: string }
}

/** 2026-11-21 10:00 UTC, when all examples were read. */
export const readTimestamp = 1_795_255_200_000

const normalizer = createNormalizer({ timeZone: 'Europe/Berlin', clockNow: () => readTimestamp })

/** What becomes of an example's line, in the form that examples have. */
export function readExample(example: Example): { readonly format: FormatName; readonly dataset: string; readonly document: object } {
  const log = normalizer.normalize(Buffer.from(example.line), { arrivalTimestamp: readTimestamp, ...example.context })
  const { ecs: _ecs, data_stream: _dataStream, event, ...rest } = JSON.parse(log.source) as Record<string, unknown>
  const { dataset: _dataset, ...further } = event as Record<string, unknown>
  return { format: log.format, dataset: log.dataset, document: Object.keys(further).length === 0 ? rest : { ...rest, event: further } }
}
