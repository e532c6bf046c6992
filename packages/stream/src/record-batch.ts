import { NewerVersionError } from './errors.ts'
import { dataBytesOf, keyOfPosition, type PutRecord, type RecordHeaders, type StreamRecord } from './record.ts'
import { formatSequenceNumber } from './sequence-number.ts'
import type { RecordSource } from './shard.ts'

/*
 * Records as one run of bytes: how they stand in the embedded stream, travel from `pipe` to the gateway, and are handed to a worker thread. Little-endian.
 *
 *   u32 magic "MRB" and version | u32 count | u32 bytes of the tables | u32 bytes of the data
 *   5 columns: u8 kind each (0 constant, 1 ascending by one, 2 explicit, 3 absent, for keys also 4 keyless), padded to 8
 *   5 columns: f64 first value each
 *   the explicit ones among positions, arrivals, producer sequences (f64 each), then keys and headers (u32 each: index in their table)
 *   u32 end of each record's data
 *   tables: JSON of { keys, headers }
 *   data, end to end
 *
 * Most batches have one key, one headers object and ascending positions: then a record costs 4 bytes beside its data.
 */
const magic = 0x42524d
const version = 1
const fixedBytes = 16 + 8 + 5 * 8
const constant = 0
const ascending = 1
const explicit = 2
const absent = 3
const keyless = 4

/** Records of one shard, in order, over one buffer. Nothing is copied or parsed before it is asked for. */
export class RecordBatch implements Iterable<StreamRecord> {
  readonly source: RecordSource
  readonly length: number
  readonly #columns: Columns

  /** `bytes` as `encodeRecords` made them. Throws `InvalidBatchError` for anything else, `NewerVersionError` for a newer format. */
  constructor(source: RecordSource, bytes: Uint8Array) {
    this.source = source
    this.#columns = decode(bytes)
    this.length = this.#columns.count
  }

  position(index: number): number {
    return this.#columns.positions(index)
  }

  /** A view, not a copy. */
  data(index: number): Uint8Array {
    return this.#columns.data(index)
  }

  headers(index: number): RecordHeaders {
    return this.#columns.headers(index)
  }

  /** Bytes of data of the records from `from` to before `to`. Takes the same time for any number of them. */
  dataBytes(from = 0, to: number = this.length): number {
    return to <= from ? 0 : this.#columns.dataEnd(to - 1) - (from === 0 ? 0 : this.#columns.dataEnd(from - 1))
  }

  record(index: number): StreamRecord {
    if (index < 0 || index >= this.length) throw new RangeError(`No record ${index} in a batch of ${this.length}.`)
    return new BatchRecord(this.source, this.#columns, index)
  }

  records(from = 0, to: number = this.length): StreamRecord[] {
    const records: StreamRecord[] = []
    for (let index = from; index < to; index++) records.push(new BatchRecord(this.source, this.#columns, index))
    return records
  }

  *[Symbol.iterator](): Iterator<StreamRecord> {
    for (let index = 0; index < this.length; index++) yield new BatchRecord(this.source, this.#columns, index)
  }
}

class BatchRecord implements StreamRecord {
  readonly #source: RecordSource
  readonly #columns: Columns
  readonly #index: number
  constructor(source: RecordSource, columns: Columns, index: number) {
    this.#source = source
    this.#columns = columns
    this.#index = index
  }
  get position(): number {
    return this.#columns.positions(this.#index)
  }
  get partitionKey(): string {
    return this.#columns.key(this.#index) ?? keyOfPosition(this.#source.shard.index, this.position)
  }
  get data(): Uint8Array {
    return this.#columns.data(this.#index)
  }
  get isKeyless(): boolean {
    return this.#columns.isKeyless
  }
  get dataBytes(): number {
    return this.#columns.dataEnd(this.#index) - (this.#index === 0 ? 0 : this.#columns.dataEnd(this.#index - 1))
  }
  get sequenceNumber(): string {
    return formatSequenceNumber(this.#source.shard, this.position, this.approximateArrivalTimestamp)
  }
  get approximateArrivalTimestamp(): number {
    return this.#columns.arrivals(this.#index)
  }
  get headers(): RecordHeaders {
    return this.#columns.headers(this.#index)
  }
  get producerSequence(): number | undefined {
    const sequence = this.#columns.producerSequences(this.#index)
    return Number.isNaN(sequence) ? undefined : sequence
  }
}

/** The bytes are not a record batch, or are cut short. */
export class InvalidBatchError extends Error {
  readonly retryable = false
  override readonly name = 'InvalidBatchError'
}

/** Encodes records of one shard into a buffer of their own, which may be transferred. */
export function encodeRecords(records: readonly StreamRecord[]): Uint8Array<ArrayBuffer> {
  return encode(
    records,
    (record) => record.position,
    (record) => record.approximateArrivalTimestamp,
  )
}

/** Encodes records on their way into a stream: the format of `pipe`'s requests. Explicit hash keys do not travel. */
export function encodePutRecords(records: readonly PutRecord[]): Uint8Array<ArrayBuffer> {
  return encode(records, undefined, undefined)
}

/**
 * Encodes records as they are put: the first gets `firstPosition`, each further one the next, and all of them arrived at `arrivalTimestamp`.
 */
export function encodeAppended(records: readonly PutRecord[], firstPosition: number, arrivalTimestamp: number): Uint8Array<ArrayBuffer> {
  return encode(
    records,
    (_, index) => firstPosition + index,
    () => arrivalTimestamp,
  )
}

/** Takes apart what `encodePutRecords` made; the data are views. Throws `InvalidBatchError`, `NewerVersionError`. */
export function decodePutRecords(bytes: Uint8Array): PutRecord[] {
  const columns = decode(bytes)
  const records: PutRecord[] = []
  for (let index = 0; index < columns.count; index++) {
    const sequence = columns.producerSequences(index)
    const partitionKey = columns.key(index)
    if (partitionKey === undefined) throw new InvalidBatchError(`Record ${index} of the batch has no key.`)
    const record = { data: columns.data(index), partitionKey, headers: columns.headers(index) }
    records.push(Number.isNaN(sequence) ? record : { ...record, producerSequence: sequence })
  }
  return records
}

/**
 * How many records `encodePutRecords` put into these bytes, by their head alone: for a bound on memory before they are taken apart.
 * 0 for bytes that `decodePutRecords` is going to refuse anyway.
 */
export function putRecordCount(bytes: Uint8Array): number {
  if (bytes.byteLength < fixedBytes) return 0
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = view.getUint32(4, true)
  return (view.getUint32(0, true) & 0xffffff) === magic && count * 4 <= bytes.byteLength ? count : 0
}

interface Encodable {
  readonly data: Uint8Array
  readonly partitionKey: string
  readonly headers?: RecordHeaders
  readonly producerSequence?: number | undefined
  readonly isKeyless?: boolean
  readonly dataBytes?: number
  copyData?(target: Uint8Array, at: number): void
}

const noHeaders: RecordHeaders = Object.freeze({})

function encode<R extends Encodable>(
  records: readonly R[],
  position: ((record: R, index: number) => number) | undefined,
  arrival: ((record: R, index: number) => number) | undefined,
): Uint8Array<ArrayBuffer> {
  const count = records.length
  const positions = new NumberColumn(count)
  const arrivals = new NumberColumn(count)
  const sequences = new NumberColumn(count)
  const keys = new Table<string>(count)
  const headers = new Table<RecordHeaders>(count)
  const hasKeys = position === undefined || !records.every(isKeyless)
  let dataBytes = 0
  for (let index = 0; index < count; index++) {
    const record = records[index] as R
    if (position !== undefined) positions.add(position(record, index))
    if (arrival !== undefined) arrivals.add(arrival(record, index))
    sequences.add(record.producerSequence ?? Number.NaN)
    if (hasKeys) keys.add(record.partitionKey)
    headers.add(record.headers ?? noHeaders)
    dataBytes += dataBytesOf(record)
  }
  const tables = Buffer.from(JSON.stringify({ keys: keys.values, headers: headers.values }))
  const numbers = [positions, arrivals, sequences]
  const size =
    fixedBytes +
    [...numbers, keys.indexes, headers.indexes].reduce(
      (sum, column, at) => sum + (column.kind === explicit ? count * (at < 3 ? 8 : 4) : 0),
      0,
    ) +
    count * 4 +
    tables.byteLength +
    dataBytes
  // Not from Node's pool: the buffer is to be transferable.
  const bytes = new Uint8Array(new ArrayBuffer(size))
  const view = new DataView(bytes.buffer)
  view.setUint32(0, magic | (version << 24), true)
  view.setUint32(4, count, true)
  view.setUint32(8, tables.byteLength, true)
  view.setUint32(12, dataBytes, true)
  let offset = fixedBytes
  for (const [at, column] of [...numbers, keys.indexes, headers.indexes].entries()) {
    view.setUint8(16 + at, at === keysAt && !hasKeys ? keyless : column.kind)
    view.setFloat64(24 + at * 8, column.first, true)
    if (column.kind !== explicit) continue
    for (let index = 0; index < count; index++) {
      if (at < 3) view.setFloat64(offset, column.values[index] as number, true)
      else view.setUint32(offset, column.values[index] as number, true)
      offset += at < 3 ? 8 : 4
    }
  }
  let dataOffset = offset + count * 4 + tables.byteLength
  const dataStart = dataOffset
  for (let index = 0; index < count; index++) {
    const record = records[index] as R
    if (record.copyData === undefined) bytes.set(record.data, dataOffset)
    else record.copyData(bytes, dataOffset)
    dataOffset += dataBytesOf(record)
    view.setUint32(offset, dataOffset - dataStart, true)
    offset += 4
  }
  bytes.set(tables, offset)
  return bytes
}

/** Where the keys' column stands. */
const keysAt = 3

function isKeyless(record: Encodable): boolean {
  return record.isKeyless === true
}

/** Notices while values are added whether they need to be written out at all. */
class NumberColumn {
  kind: number = absent
  first: number = Number.NaN
  values: number[] = []
  readonly #capacity: number
  #size = 0
  constructor(capacity: number) {
    this.#capacity = capacity
  }
  add(value: number): void {
    const index = this.#size++
    if (index === 0) {
      this.first = value
      this.kind = Number.isNaN(value) ? absent : constant
      return
    }
    if (this.kind === constant) {
      if (value === this.first) return
      if (index === 1 && value === this.first + 1) this.kind = ascending
      else this.#spell(index, value)
    } else if (this.kind === ascending) {
      if (value !== this.first + index) this.#spell(index, value)
    } else if (this.kind === absent) {
      if (!Number.isNaN(value)) this.#spell(index, value)
    } else this.values[index] = value
  }
  #spell(index: number, value: number): void {
    const values = Array.from<number>({ length: this.#capacity })
    for (let before = 0; before < index; before++) values[before] = this.kind === ascending ? this.first + before : this.first
    values[index] = value
    this.values = values
    this.kind = explicit
  }
}

/** Distinct values, and for each record which of them it has. */
class Table<Value> {
  readonly values: Value[] = []
  readonly indexes: NumberColumn
  readonly #known = new Map<Value, number>()
  #last: Value | undefined
  #lastIndex = 0
  constructor(capacity: number) {
    this.indexes = new NumberColumn(capacity)
  }
  add(value: Value): void {
    if (value !== this.#last || this.values.length === 0) {
      let index = this.#known.get(value)
      if (index === undefined) {
        index = this.values.push(value) - 1
        this.#known.set(value, index)
      }
      this.#last = value
      this.#lastIndex = index
    }
    this.indexes.add(this.#lastIndex)
  }
}

interface Columns {
  readonly count: number
  positions(index: number): number
  arrivals(index: number): number
  /** NaN where there is none. */
  producerSequences(index: number): number
  /** Undefined where all are without one. */
  key(index: number): string | undefined
  readonly isKeyless: boolean
  headers(index: number): RecordHeaders
  data(index: number): Uint8Array
  /** Offset behind the record's data, counted from the data of the first. */
  dataEnd(index: number): number
}

function decode(bytes: Uint8Array): Columns {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.byteLength < fixedBytes)
    throw new InvalidBatchError(`A record batch has at least ${fixedBytes} bytes; these are ${bytes.byteLength}.`)
  const signature = view.getUint32(0, true)
  if ((signature & 0xffffff) !== magic) throw new InvalidBatchError('These bytes are not a record batch.')
  if (signature >>> 24 !== version) throw new NewerVersionError('The record batch', signature >>> 24, version)
  const count = view.getUint32(4, true)
  const tableBytes = view.getUint32(8, true)
  const dataBytes = view.getUint32(12, true)
  let offset = fixedBytes
  const column = (at: number): ((index: number) => number) => {
    const kind = view.getUint8(16 + at)
    const first = view.getFloat64(24 + at * 8, true)
    if (kind === constant) return () => first
    if (kind === ascending) return (index) => first + index
    if (kind === absent || (kind === keyless && at === keysAt)) return () => Number.NaN
    if (kind !== explicit) throw new InvalidBatchError(`Column ${at} is of an unknown kind, ${kind}.`)
    const start = offset
    offset += count * (at < 3 ? 8 : 4)
    return at < 3 ? (index) => view.getFloat64(start + index * 8, true) : (index) => view.getUint32(start + index * 4, true)
  }
  const positions = column(0)
  const arrivals = column(1)
  const producerSequences = column(2)
  const keyIndexes = column(3)
  const headersIndexes = column(4)
  const ends = offset
  const hasKeys = view.getUint8(16 + keysAt) !== keyless
  const tablesStart = ends + count * 4
  const dataStart = tablesStart + tableBytes
  if (dataStart + dataBytes !== bytes.byteLength) {
    throw new InvalidBatchError(`The record batch should have ${dataStart + dataBytes} bytes, and has ${bytes.byteLength}.`)
  }
  const { keys, headers } = parseTables(bytes.subarray(tablesStart, dataStart))
  let end = 0
  for (let index = 0; index < count; index++) {
    const next = view.getUint32(ends + index * 4, true)
    if (next < end || next > dataBytes) throw new InvalidBatchError(`Record ${index} of the batch ends outside of it.`)
    end = next
    if ((hasKeys && keys[keyIndexes(index)] === undefined) || headers[headersIndexes(index)] === undefined) {
      throw new InvalidBatchError(`Record ${index} of the batch has a key or headers that its tables lack.`)
    }
  }
  return {
    count,
    positions,
    arrivals,
    producerSequences,
    key: (index) => keys[keyIndexes(index)],
    isKeyless: !hasKeys,
    headers: (index) => headers[headersIndexes(index)] as RecordHeaders,
    data: (index) => {
      const start = index === 0 ? 0 : view.getUint32(ends + index * 4 - 4, true)
      return bytes.subarray(dataStart + start, dataStart + view.getUint32(ends + index * 4, true))
    },
    dataEnd: (index) => view.getUint32(ends + index * 4, true),
  }
}

function parseTables(bytes: Uint8Array): { keys: readonly string[]; headers: readonly RecordHeaders[] } {
  try {
    const tables: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
    if (
      typeof tables === 'object' &&
      tables !== null &&
      'keys' in tables &&
      'headers' in tables &&
      Array.isArray(tables.keys) &&
      Array.isArray(tables.headers) &&
      tables.keys.every((key) => typeof key === 'string') &&
      tables.headers.every((entry) => typeof entry === 'object' && entry !== null)
    ) {
      return { keys: tables.keys, headers: tables.headers as RecordHeaders[] }
    }
  } catch {
    // Told below, as for any other content that is not the tables.
  }
  throw new InvalidBatchError('The tables of the record batch cannot be read.')
}
