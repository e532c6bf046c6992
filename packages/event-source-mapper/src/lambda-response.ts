import type { StreamRecord } from '@millrace/stream'

/** Which records of a batch failed, and why. */
export interface LambdaFailure {
  /** Ascending indexes in the batch, at least one; undefined where the response fails the whole batch. */
  readonly failing: readonly number[] | undefined
  readonly reason: string
}

/**
 * Reads the response of a function with ReportBatchItemFailures, as Lambda does for streams: an answer that cannot be read fails the whole batch.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
export function lambdaFailure(json: string, records: readonly StreamRecord[]): LambdaFailure | undefined {
  const response = parseResponse(json)
  if (response === unreadable) return { failing: undefined, reason: 'The function answered what is not JSON.' }
  if (typeof response !== 'object' || response === null || !('batchItemFailures' in response)) return undefined
  const failures = response.batchItemFailures
  if (failures === null || failures === undefined) return undefined
  if (!Array.isArray(failures)) return whole('batchItemFailures', failures)
  if (failures.length === 0) return undefined
  const identifiers = new Set<string>()
  for (const failure of failures) {
    const identifier: unknown = typeof failure === 'object' && failure !== null ? failure.itemIdentifier : undefined
    if (typeof identifier !== 'string' || identifier === '') return whole('an entry of batchItemFailures', failure)
    identifiers.add(identifier)
  }
  return inBatch(identifiers, records)
}

function inBatch(identifiers: Set<string>, records: readonly StreamRecord[]): LambdaFailure {
  const failing: number[] = []
  for (let index = 0; index < records.length && identifiers.size > 0; index++) {
    if (identifiers.delete((records[index] as StreamRecord).sequenceNumber)) failing.push(index)
  }
  for (const foreign of identifiers) return whole('an itemIdentifier that is no sequence number of the batch', foreign)
  return { failing, reason: `The function reported ${failing.length} of ${records.length} records as failed.` }
}

function whole(what: string, value: unknown): LambdaFailure {
  return { failing: undefined, reason: `The function answered ${what}: ${(JSON.stringify(value) ?? 'undefined').slice(0, 200)}` }
}

/** In place of a response that is not JSON. */
export const unreadable: unique symbol = Symbol('unreadable')

/** The response of a function; an empty one is undefined. */
export function parseResponse(json: string): unknown {
  if (json === '') return undefined
  try {
    return JSON.parse(json)
  } catch {
    return unreadable
  }
}
