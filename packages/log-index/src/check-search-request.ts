import { InvalidSearchError } from './errors.ts'
import type { Aggregation, SearchRequest } from './log-index.ts'

export const searchLimits: {
  readonly sizeMax: number
  readonly termsMax: number
  readonly aggregationsMax: number
  readonly bucketsMax: number
  readonly lookupsMax: number
} = {
  sizeMax: 10_000,
  termsMax: 1_000,
  aggregationsMax: 20,
  /** Buckets of a date histogram that hold a document. */
  bucketsMax: 100_000,
  /** Documents that one call asks for by their ids. */
  lookupsMax: 10_000,
}

/** Throws `InvalidSearchError` for more names than may be asked for at once. */
export function checkLookups(names: readonly unknown[]): void {
  checkInteger('The number of documents that are asked for by their ids', names.length, 0, searchLimits.lookupsMax)
}

/** Throws `InvalidSearchError` for a request that breaks a limit. Every index calls it first. */
export function checkSearchRequest(request: SearchRequest): void {
  checkInteger('size', request.size, 0, searchLimits.sizeMax)
  checkTime('from', request.from)
  checkTime('to', request.to)
  if (request.searchAfter !== undefined) checkTime('the timestamp of searchAfter', request.searchAfter[0])
  const aggregations = Object.entries(request.aggregations ?? {})
  if (aggregations.length > searchLimits.aggregationsMax) {
    throw new InvalidSearchError(`There are ${aggregations.length} aggregations, at most ${searchLimits.aggregationsMax} are allowed.`)
  }
  for (const [name, aggregation] of aggregations) checkAggregation(name, aggregation)
}

function checkAggregation(name: string, aggregation: Aggregation): void {
  if (aggregation.type === 'terms') {
    checkInteger(`The size of the aggregation "${name}"`, aggregation.size, 1, searchLimits.termsMax)
    if (aggregation.field === '') throw new InvalidSearchError(`The aggregation "${name}" names no field.`)
  } else {
    checkInteger(`intervalMs of the aggregation "${name}"`, aggregation.intervalMs, 1, Number.MAX_SAFE_INTEGER)
  }
}

function checkInteger(what: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return
  throw new InvalidSearchError(`${what} must be a whole number from ${min} to ${max}, not ${value}.`)
}

function checkTime(what: string, value: number | undefined): void {
  if (value === undefined || Number.isFinite(value)) return
  throw new InvalidSearchError(`${what} must be milliseconds since the epoch, not ${value}.`)
}
