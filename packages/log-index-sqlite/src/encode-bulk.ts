import type { DocumentOutcome, LogDocument } from '@millrace/log-index'
import { blockCharsMax, blockDocumentsMax, encodeBlock } from './block.ts'
import { dayOf, millisecondsPerDay } from './day.ts'
import type { IdRun } from './id-runs.ts'
import { idRuns } from './id-runs.ts'
import { WordFilterBuilder } from './word-filter.ts'

/** A block on its way to the writer: `body` and `filter` stand in the bulk's buffer. */
export interface BulkBlock {
  readonly day: string
  readonly count: number
  readonly minTimestamp: number
  readonly maxTimestamp: number
  readonly unpackedBytes: number
  readonly hasOddNumbers: boolean
  readonly bodyEnd: number
  readonly filterEnd: number
  readonly ids: readonly IdRun[]
}

export interface EncodedBulk {
  readonly blocks: readonly BulkBlock[]
  /** Each block's body and filter, end to end. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** For each block its documents' places in the bulk. */
  readonly places: readonly (readonly number[])[]
  /** Outcomes of the documents that no index can take, by their place. */
  readonly rejected: ReadonlyMap<number, DocumentOutcome>
}

/** Elasticsearch's limit, kept here so that a document that fits one index fits the other. */
const idBytesMax = 512
const documentCharsMax = 64 * 1024 * 1024
const timestampMax = 8.64e15

let builder: WordFilterBuilder | undefined

/** Packs documents into blocks, by day, in their order. This is where most of the work of writing is done: in the thread that has the documents. */
export function encodeBulk(documents: readonly LogDocument[]): EncodedBulk {
  builder ??= new WordFilterBuilder()
  const { places, rejected } = cutIntoBlocks(documents)
  const blocks: BulkBlock[] = []
  const parts: Uint8Array[] = []
  let end = 0
  for (const block of places) {
    const members = block.length === documents.length ? documents : block.map((place) => documents[place] as LogDocument)
    const { body, filter, ...facts } = encodeBlock(members, builder)
    parts.push(body, filter)
    const bodyEnd = end + body.byteLength
    end = bodyEnd + filter.byteLength
    blocks.push({ day: dayOf(facts.minTimestamp), ...facts, bodyEnd, filterEnd: end, ids: idRuns(members.map((document) => document.id)) })
  }
  const bytes = new Uint8Array(end)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.byteLength
  }
  return { blocks, bytes, places, rejected }
}

interface OpenBlock {
  readonly places: number[]
  chars: number
}

function cutIntoBlocks(documents: readonly LogDocument[]): { places: number[][]; rejected: Map<number, DocumentOutcome> } {
  const places: number[][] = []
  const rejected = new Map<number, DocumentOutcome>()
  const open = new Map<string, OpenBlock>()
  let dayFrom = Number.NaN
  let block: OpenBlock | undefined
  for (let place = 0; place < documents.length; place++) {
    const document = documents[place] as LogDocument
    const reason = reasonToReject(document)
    if (reason !== undefined) {
      rejected.set(place, { status: 'rejected', reason })
      continue
    }
    // Neighbours are nearly always of the same day.
    if (!(document.timestamp >= dayFrom && document.timestamp < dayFrom + millisecondsPerDay) || block === undefined) {
      const day = dayOf(document.timestamp)
      dayFrom = day === 'other' ? Number.NaN : Date.parse(day)
      block = open.get(day)
      if (block === undefined) open.set(day, (block = { places: [], chars: 0 }))
    }
    block.places.push(place)
    block.chars += document.source.length
    if (block.places.length >= blockDocumentsMax || block.chars >= blockCharsMax) {
      places.push(block.places.splice(0))
      block.chars = 0
    }
  }
  for (const { places: rest } of open.values()) if (rest.length > 0) places.push(rest)
  return { places, rejected }
}

function reasonToReject(document: LogDocument): string | undefined {
  const { id, source, timestamp } = document
  if (!(Math.abs(timestamp) <= timestampMax)) return `The timestamp ${timestamp} is not a time.`
  if (id === '' || id.length > idBytesMax || (id.length > idBytesMax / 3 && Buffer.byteLength(id) > idBytesMax)) {
    return `The id must have 1 to ${idBytesMax} bytes, this one has ${Buffer.byteLength(id)}: "${id.slice(0, 40)}".`
  }
  if (source.length > documentCharsMax) return `The document has ${source.length} characters, at most ${documentCharsMax} can be indexed.`
  if (source.charCodeAt(0) !== 0x7b) return `The document is not a JSON object: it starts with "${source.slice(0, 20)}".`
  return undefined
}
