import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { LogDocument } from '@millrace/log-index'
import type { WordFilterBuilder } from './word-filter.ts'

/*
 * Documents stand in the database in compressed blocks of up to 256: a tenth of the size, so a tenth of what is written, checked and flushed.
 * Inside (little-endian): u32 count | u32 bytes of the table | f64 timestamp each | u32 end of each source | table: JSON of
 * { ids, dataStreams, of } | sources end to end. `of` has each document's index into `dataStreams`, or is absent when there is one.
 */

/** Documents and characters from which on a block is full. */
export const blockDocumentsMax: number = 256
export const blockCharsMax: number = 512 * 1024

const compression = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } }
/** Bytes of one block when unpacked; more than any that is written. */
const unpackedBytesMax = 512 * 1024 * 1024

interface BlockTable {
  readonly ids: readonly string[]
  readonly dataStreams: readonly string[]
  readonly of?: readonly number[]
}

export interface EncodedBlock {
  readonly count: number
  readonly minTimestamp: number
  readonly maxTimestamp: number
  readonly unpackedBytes: number
  /** Whether a number is written otherwise than JavaScript writes it, so that its digits cannot be looked for in the text. */
  readonly hasOddNumbers: boolean
  readonly body: Uint8Array
  readonly filter: Uint8Array
}

/** Where blocks are put together before they are packed; kept, since most are of one size. */
let scratch = Buffer.allocUnsafeSlow(256 * 1024)
const scratchBytesMax = 4 * 1024 * 1024

/** Packs documents, at least one. */
export function encodeBlock(documents: readonly LogDocument[], builder: WordFilterBuilder): EncodedBlock {
  const count = documents.length
  const table = JSON.stringify(blockTable(documents))
  const bytes = roomFor(8 + count * 12 + table.length * 3 + sourceChars(documents) * 3)
  const tableAt = 8 + count * 12
  const tableBytes = bytes.write(table, tableAt)
  const header = new Uint32Array(bytes.buffer, 0, 2)
  const timestamps = new Float64Array(bytes.buffer, 8, count)
  const ends = new Uint32Array(bytes.buffer, 8 + count * 8, count)
  header[0] = count
  header[1] = tableBytes
  let end = tableAt + tableBytes
  let minTimestamp = Number.POSITIVE_INFINITY
  let maxTimestamp = Number.NEGATIVE_INFINITY
  for (let index = 0; index < count; index++) {
    const { source, timestamp } = documents[index] as LogDocument
    const start = end
    end += bytes.write(source, start)
    ends[index] = end
    timestamps[index] = timestamp
    builder.addDocument(source, bytes, start, end)
    if (timestamp < minTimestamp) minTimestamp = timestamp
    if (timestamp > maxTimestamp) maxTimestamp = timestamp
  }
  const body = zstdCompressSync(bytes.subarray(0, end), compression)
  const { hasOddNumbers } = builder
  return { count, minTimestamp, maxTimestamp, unpackedBytes: end, hasOddNumbers, body, filter: builder.build() }
}

function roomFor(bytes: number): Buffer {
  if (bytes > scratchBytesMax) return Buffer.allocUnsafeSlow(bytes)
  if (bytes > scratch.byteLength) scratch = Buffer.allocUnsafeSlow(Math.min(scratchBytesMax, bytes * 2))
  return scratch
}

function sourceChars(documents: readonly LogDocument[]): number {
  let chars = 0
  for (const document of documents) chars += document.source.length
  return chars
}

function blockTable(documents: readonly LogDocument[]): BlockTable {
  const ids = documents.map((document) => document.id)
  const first = (documents[0] as LogDocument).dataStream
  if (documents.every((document) => document.dataStream === first)) return { ids, dataStreams: [first] }
  const dataStreams = [...new Set(documents.map((document) => document.dataStream))]
  const indexes = new Map(dataStreams.map((name, index) => [name, index]))
  return { ids, dataStreams, of: documents.map((document) => indexes.get(document.dataStream) as number) }
}

/** The documents of a block; each is taken out when it is asked for. */
export class Block {
  readonly count: number
  readonly #bytes: Buffer
  #table: BlockTable | undefined

  constructor(body: Uint8Array, unpackedBytes: number) {
    this.#bytes = zstdDecompressSync(body, { chunkSize: Math.max(64, unpackedBytes + 1), maxOutputLength: unpackedBytesMax })
    this.count = this.#bytes.readUInt32LE(0)
  }

  timestamp(index: number): number {
    return this.#bytes.readDoubleLE(8 + index * 8)
  }

  source(index: number): string {
    const start = index === 0 ? 8 + this.count * 12 + this.#bytes.readUInt32LE(4) : this.#end(index - 1)
    return this.#bytes.toString('utf8', start, this.#end(index))
  }

  id(index: number): string {
    return this.#names().ids[index] as string
  }

  dataStream(index: number): string {
    const { dataStreams, of } = this.#names()
    return dataStreams[of?.[index] ?? 0] as string
  }

  document(index: number): LogDocument {
    return { id: this.id(index), dataStream: this.dataStream(index), timestamp: this.timestamp(index), source: this.source(index) }
  }

  #end(index: number): number {
    return this.#bytes.readUInt32LE(8 + this.count * 8 + index * 4)
  }

  #names(): BlockTable {
    if (this.#table === undefined) {
      const start = 8 + this.count * 12
      this.#table = JSON.parse(this.#bytes.toString('utf8', start, start + this.#bytes.readUInt32LE(4))) as BlockTable
    }
    return this.#table
  }
}
