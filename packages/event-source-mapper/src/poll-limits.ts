import type { BatchLimits } from './batching-policy.ts'
import type { MappingParameters } from './mapping-parameters.ts'

/** Bounds of one polled array. */
export interface PollLimits {
  readonly recordsMax: number
  readonly bytesMax: number
}

/** Enough for the lanes of a shard, and never so little that polling costs more than handling. */
const recordsLeast = 500
const recordsMost = 10_000

/** An array is polled only where the window has room for all of it: several together fill the window. */
export function pollLimits(parameters: MappingParameters, batch: BatchLimits): PollLimits {
  const wanted = Math.max(recordsLeast, parameters.BatchSize * parameters.ParallelizationFactor)
  return {
    recordsMax: Math.min(wanted, recordsMost, Math.ceil(parameters.inFlightRecordsMax / 4)),
    bytesMax: Math.min(batch.bytesMax, parameters.inFlightBytesMax),
  }
}
