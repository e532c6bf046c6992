import { RecordFormatError } from '../wire/codec-error.ts'
import { decompress } from '../wire/compression.ts'
import { crc32c } from '../wire/crc32c.ts'

/** A batch as it came from the broker: its head taken apart, its records still compressed. */
export interface RawBatch {
  readonly basePosition: number
  /** Position behind the last one of the batch, also where compaction took records. */
  readonly endPosition: number
  readonly attributes: number
  readonly count: number
  readonly baseTimestamp: number
  readonly maxTimestamp: number
  readonly producerId: number
  /** Compressed. */
  readonly records: Uint8Array
}

/** A transaction that was aborted: the producer's records from that position on, up to its next control record. */
export interface AbortedTransaction {
  readonly producerId: number
  readonly firstPosition: number
}

const headBytes = 61
const transactional = 16
const control = 32

/**
 * The batches in a piece of a log, without those of aborted transactions and without control records. A batch that is cut off at the end is left
 * for the next read. Throws `RecordFormatError` for damage, and for formats older than Kafka 0.11's.
 */
export function splitBatches(
  bytes: Buffer,
  aborted: readonly AbortedTransaction[],
): { readonly batches: readonly RawBatch[]; readonly endPosition: number | undefined } {
  const filter = new AbortedFilter(aborted)
  const batches: RawBatch[] = []
  let endPosition: number | undefined
  for (let at = 0; at + headBytes <= bytes.length; ) {
    const end = at + 12 + bytes.readInt32BE(at + 8)
    if (bytes[at + 16] !== 2) {
      throw new RecordFormatError(
        `The topic holds records in Kafka's old message format ${bytes[at + 16]}; only format 2 (Kafka 0.11 and newer) can be read.`,
      )
    }
    if (end > bytes.length) break
    const batch = readHead(bytes, at, end)
    endPosition = batch.endPosition
    if (filter.passes(batch) && batch.count > 0) batches.push(batch)
    at = end
  }
  return { batches, endPosition }
}

/** The records of a batch, decompressed: at once for small ones. Throws `RecordFormatError`. */
export function unpack(batch: RawBatch): Uint8Array | Promise<Uint8Array> {
  return decompress(batch.records, batch.attributes & 7)
}

function readHead(bytes: Buffer, at: number, end: number): RawBatch {
  const basePosition = Number(bytes.readBigInt64BE(at))
  if (crc32c(bytes, at + 21, end) !== bytes.readUInt32BE(at + 17)) {
    throw new RecordFormatError(`The batch of records at position ${basePosition} is damaged: its checksum does not match.`)
  }
  return {
    basePosition,
    attributes: bytes.readInt16BE(at + 21),
    endPosition: basePosition + bytes.readInt32BE(at + 23) + 1,
    baseTimestamp: Number(bytes.readBigInt64BE(at + 27)),
    maxTimestamp: Number(bytes.readBigInt64BE(at + 35)),
    producerId: Number(bytes.readBigInt64BE(at + 43)),
    count: bytes.readInt32BE(at + 57),
    records: bytes.subarray(at + headBytes, end),
  }
}

/** Follows the transactions of a piece of a log. */
class AbortedFilter {
  readonly #waiting: AbortedTransaction[]
  readonly #aborting = new Set<number>()

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#waiting = aborted.toSorted((one, other) => one.firstPosition - other.firstPosition)
  }

  passes(batch: RawBatch): boolean {
    while (this.#waiting[0] !== undefined && this.#waiting[0].firstPosition < batch.endPosition) {
      this.#aborting.add((this.#waiting.shift() as AbortedTransaction).producerId)
    }
    if ((batch.attributes & control) !== 0) {
      this.#aborting.delete(batch.producerId)
      return false
    }
    return (batch.attributes & transactional) === 0 || !this.#aborting.has(batch.producerId)
  }
}
