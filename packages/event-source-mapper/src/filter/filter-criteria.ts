import type { StreamRecord } from '@millrace/stream'
import { InvalidFilterError, shown } from './invalid-filter-error.ts'
import { notJson, parseData } from './parse-data.ts'
import type { PatternField } from './parse-pattern.ts'
import { parsePattern } from './parse-pattern.ts'
import { PatternTree } from './pattern-tree.ts'

/** Which records a function gets: AWS's FilterCriteria of an event source mapping. One filter that matches is enough. */
export interface FilterCriteria {
  readonly Filters?: readonly FilterDefinition[] | undefined
}

export interface FilterDefinition {
  /** JSON text of an event pattern, at most 4,096 characters. */
  readonly Pattern?: string | undefined
}

/** Tells the records that a function gets from those that are left out. */
export interface RecordFilter {
  /** Parses the record's data at most once, and not at all where no filter looks at it. Never throws. */
  matches(record: StreamRecord): boolean
}

/** What kind of source the records are of. */
export type FilteredSource = 'stream' | 'kafka' | 'any'

/** AWS's quotas: five filters, ten on request. */
const filtersMax = 10
const patternCharsMax = 4096

/**
 * Makes a filter of what a user wrote; undefined where there is no filter, so that all records pass. Throws `InvalidFilterError`.
 *
 * As in Lambda (https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html), `data` is the record's data as JSON, and a record whose
 * data is not JSON matches no filter that looks at `data`. The other names are those of the event's `kinesis` object. Records of a Kafka topic have a `value`
 * alone, JSON or text (https://docs.aws.amazon.com/lambda/latest/dg/kafka-filtering.html). Which of the two it is decides `source`; `any` leaves it open.
 */
export function compileFilterCriteria(criteria: FilterCriteria | undefined, source: FilteredSource = 'any'): RecordFilter | undefined {
  const definitions = criteria?.Filters ?? []
  if (definitions.length === 0) return undefined
  if (definitions.length > filtersMax) {
    throw new InvalidFilterError('FilterCriteria.Filters', `at most ${filtersMax} filters are allowed, and there are ${definitions.length}`)
  }
  return new CompiledCriteria(
    definitions.map((definition, index) => compile(definition, `FilterCriteria.Filters[${index}].Pattern`, source)),
  )
}

type MetadataKey = 'kinesisSchemaVersion' | 'partitionKey' | 'sequenceNumber' | 'approximateArrivalTimestamp'

const metadata: Readonly<Record<MetadataKey, (record: StreamRecord) => string | number>> = {
  kinesisSchemaVersion: () => '1.0',
  partitionKey: (record) => record.partitionKey,
  sequenceNumber: (record) => record.sequenceNumber,
  approximateArrivalTimestamp: (record) => record.approximateArrivalTimestamp / 1000,
}

interface CompiledFilter {
  readonly readsData: boolean
  /** One of them has to match. */
  readonly branches: readonly CompiledBranch[]
}

interface CompiledBranch {
  readonly data: PatternTree | undefined
  /** Of a Kafka record's value as text. */
  readonly text: PatternTree | undefined
  readonly metadata: readonly { readonly key: MetadataKey; readonly tree: PatternTree }[]
}

function compile({ Pattern: text }: FilterDefinition, place: string, source: FilteredSource): CompiledFilter {
  if (typeof text !== 'string') throw new InvalidFilterError(place, `a JSON text is needed, and there is ${shown(text)}`)
  if (text.length > patternCharsMax) {
    throw new InvalidFilterError(place, `at most ${patternCharsMax} characters are allowed, and there are ${text.length}`)
  }
  const branches = parsePattern(parseJson(text, place), place).map((branch) => compileBranch(branch, place, source))
  return { readsData: branches.some((branch) => branch.data !== undefined), branches }
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new InvalidFilterError(place, `${shown(text)} is not JSON (${error instanceof Error ? error.message : String(error)})`)
  }
}

function compileBranch(branch: readonly PatternField[], place: string, source: FilteredSource): CompiledBranch {
  const keys = Map.groupBy(branch, ({ path }) => path[0] as string)
  const inside = (fields: readonly PatternField[]): PatternTree =>
    new PatternTree(fields.map(({ path, test }) => ({ path: path.slice(1), test })))
  const value = keys.get('value')
  if (source === 'kafka' || (source === 'any' && value !== undefined)) {
    for (const key of keys.keys()) {
      if (key !== 'value') throw new InvalidFilterError(`${place}.${key}`, 'records of a Kafka topic are filtered by their value alone')
    }
    const isText = value?.every(({ path }) => path.length === 1) ?? false
    const tree = value && inside(value)
    return { data: isText ? undefined : tree, text: isText ? tree : undefined, metadata: [] }
  }
  const data = keys.get('data')
  if (data?.some(({ path }) => path.length === 1) === true) {
    throw new InvalidFilterError(
      `${place}.data`,
      'the pattern of data must be a JSON object, such as {"level": ["error"]}: only JSON data is filtered',
    )
  }
  keys.delete('data')
  return {
    data: data === undefined ? undefined : inside(data),
    text: undefined,
    metadata: [...keys].map(([key, fields]) => ({ key: metadataKey(key, fields, place), tree: inside(fields) })),
  }
}

function metadataKey(key: string, fields: readonly PatternField[], place: string): MetadataKey {
  const known = (Object.keys(metadata) as MetadataKey[]).find((name) => name === key)
  if (known === undefined) {
    throw new InvalidFilterError(
      `${place}.${key}`,
      `records of a stream have no ${key}: filter by data, ${Object.keys(metadata).join(', ')}`,
    )
  }
  if (fields.some(({ path }) => path.length > 1))
    throw new InvalidFilterError(`${place}.${key}`, `${key} takes an array, such as [{"prefix": "a"}]`)
  return known
}

class CompiledCriteria implements RecordFilter {
  readonly #filters: readonly CompiledFilter[]

  constructor(filters: readonly CompiledFilter[]) {
    this.#filters = filters
  }

  matches(record: StreamRecord): boolean {
    let data: unknown
    let parsed = false
    for (const { readsData, branches } of this.#filters) {
      if (readsData && !parsed) {
        data = parseData(record.data)
        parsed = true
      }
      if (readsData && data === notJson) continue
      for (const branch of branches) if (matchesBranch(branch, record, data)) return true
    }
    return false
  }
}

function matchesBranch(branch: CompiledBranch, record: StreamRecord, data: unknown): boolean {
  if (branch.data !== undefined && !branch.data.matches(data)) return false
  if (branch.text !== undefined && !branch.text.matches(textOf(record))) return false
  for (const { key, tree } of branch.metadata) if (!tree.matches(metadata[key](record))) return false
  return true
}

/** A record without a value is not the same as one with an empty one. */
function textOf({ data, headers }: StreamRecord): string | null {
  return headers.kafka?.nullValue === true ? null : Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString()
}
