import type { PutRecord, PutResult, Stream } from '@millrace/stream'
import type { HttpError } from '../http/http-error.ts'
import { toHttpError } from '../http/to-http-error.ts'

/** A record of a request that was not taken. */
export interface RefusedRecord {
  /** Place in the request, from 0. */
  readonly index: number
  readonly code: string
  readonly message: string
  readonly retryable: boolean
}

export interface PutOutcome {
  readonly accepted: number
  /** Data of the accepted records. */
  readonly acceptedBytes: number
  readonly refused: readonly RefusedRecord[]
  /** What the stream threw, if it did: the records from there on are among the refused ones. */
  readonly failure: HttpError | undefined
}

export interface SliceLimits {
  readonly putRecordsMax: number
  readonly putBytesMax: number
}

/**
 * Puts the records of a request, one slice after the other, so that their order holds and a large request does not take all of the stream's buffer at once.
 * Once a slice met pressure the rest is not tried: it would overtake what was refused.
 */
export async function putInSlices(stream: Stream, records: readonly PutRecord[], limits: SliceLimits): Promise<PutOutcome> {
  let accepted = 0
  let acceptedBytes = 0
  const refused: RefusedRecord[] = []
  for (let start = 0; start < records.length; ) {
    const end = sliceEnd(records, start, limits)
    const slice = start === 0 && end === records.length ? records : records.slice(start, end)
    let results: readonly PutResult[]
    try {
      results = await stream.put(slice)
    } catch (error) {
      const failure = toHttpError(error)
      refuseRest(refused, records, start, failure)
      return { accepted, acceptedBytes, refused, failure }
    }
    let pressure: RefusedRecord | undefined
    for (let at = 0; at < results.length; at++) {
      const result = results[at] as PutResult
      if (result.accepted) {
        accepted++
        acceptedBytes += (slice[at] as PutRecord).data.byteLength
      } else {
        const entry = { index: start + at, code: result.reason, message: result.message, retryable: result.retryable }
        refused.push(entry)
        if (result.retryable) pressure ??= entry
      }
    }
    if (pressure !== undefined) {
      refuseRest(refused, records, end, pressure)
      break
    }
    start = end
  }
  return { accepted, acceptedBytes, refused, failure: undefined }
}

function sliceEnd(records: readonly PutRecord[], start: number, limits: SliceLimits): number {
  const last = Math.min(records.length, start + limits.putRecordsMax)
  let bytes = 0
  let end = start
  while (end < last) {
    bytes += (records[end] as PutRecord).data.byteLength
    if (bytes > limits.putBytesMax && end > start) break
    end++
  }
  return end
}

function refuseRest(refused: RefusedRecord[], records: readonly PutRecord[], from: number, reason: Omit<RefusedRecord, 'index'>): void {
  const { code, message, retryable } = reason
  for (let index = from; index < records.length; index++) refused.push({ index, code, message, retryable })
}
