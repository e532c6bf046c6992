import type { StreamRecord } from '@millrace/stream'

/** From which record on a batch has to be tried again, and why. */
export interface LambdaFailure {
  /** Index in the batch. */
  readonly firstFailing: number
  readonly reason: string
}

/**
 * Reads the response of a function with ReportBatchItemFailures, as Lambda does for streams: the lowest failing sequence number counts, and
 * everything from there is tried again; an answer that cannot be read fails the whole batch.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
export function lambdaFailure(json: string, records: readonly StreamRecord[]): LambdaFailure | undefined {
  const response = parse(json)
  if (response === unreadable) return { firstFailing: 0, reason: 'The function answered what is not JSON.' }
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
  return lowest(identifiers, records)
}

function lowest(identifiers: Set<string>, records: readonly StreamRecord[]): LambdaFailure {
  const count = identifiers.size
  let firstFailing = -1
  for (let index = 0; index < records.length && identifiers.size > 0; index++) {
    if (identifiers.delete((records[index] as StreamRecord).sequenceNumber) && firstFailing < 0) firstFailing = index
  }
  for (const foreign of identifiers) return whole('an itemIdentifier that is no sequence number of the batch', foreign)
  return { firstFailing, reason: `The function reported ${count} of ${records.length} records as failed.` }
}

function whole(what: string, value: unknown): LambdaFailure {
  return { firstFailing: 0, reason: `The function answered ${what}: ${(JSON.stringify(value) ?? 'undefined').slice(0, 200)}` }
}

const unreadable: unique symbol = Symbol('unreadable')

function parse(json: string): unknown {
  if (json === '') return undefined
  try {
    return JSON.parse(json)
  } catch {
    return unreadable
  }
}
