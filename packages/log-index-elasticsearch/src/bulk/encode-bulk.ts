import type { DocumentOutcome, LogDocument, LogDocuments } from '@millrace/log-index'
import { checkId, checkSource, openingBrace } from './check-document.ts'

/** What JSON cannot hold as it is. */
// oxlint-disable-next-line no-control-regex
const needsEscape = /["\\\u0000-\u001f]/
const newlines = /\n/g

/** What a document is found by. */
export type DocumentName = Pick<LogDocument, 'id' | 'dataStream'>

/** Documents that may be repeats. */
export interface MaybeRepeated {
  readonly places: readonly number[]
  readonly dataStreams: ReadonlySet<string>
  /** By place. Made when it is asked for, which is seldom: only documents of a data stream that has rolled over are looked for. */
  names(): ReadonlyMap<number, DocumentName>
}

export interface EncodedBulk {
  /** NDJSON for `_bulk`: the used part of `buffer`. */
  readonly body: Buffer
  /** May be written over by another bulk once this one is answered. */
  readonly buffer: Buffer<ArrayBuffer>
  /** Places of the documents that are in it, in their order. */
  readonly places: readonly number[]
  /** Of these, the ones that may be repeats. */
  readonly maybeRepeated: MaybeRepeated
  /** Outcomes of documents that would fail a whole request, by place. */
  readonly refused: ReadonlyMap<number, DocumentOutcome>
  /** The first place that was not looked at. */
  readonly next: number
}

export interface BulkBounds {
  /** The first place, and the one behind the last. */
  readonly from: number
  readonly to: number
  /** Bytes of the body; one document may be larger. */
  readonly bytesMax: number
  /** Places that are left out. */
  readonly without?: ReadonlySet<number>
}

/**
 * Puts documents into one body: as many as fit. Each is written as soon as it is there, so that its text need not outlive it. `spare` is used where it is
 * large enough.
 */
export function encodeBulk(documents: LogDocuments, bounds: BulkBounds, spare?: Buffer<ArrayBuffer>): EncodedBulk {
  const { from, to, bytesMax, without } = bounds
  const body = new BulkBody(bytesMax, spare ?? Buffer.allocUnsafeSlow(Math.min(bytesMax, 1_024 + (to - from) * likelyBytes)))
  const places: number[] = []
  const suspects = new Suspects(documents)
  const refused = new Map<number, DocumentOutcome>()
  let place = from
  for (; place < to; place++) {
    if (without?.has(place) === true) continue
    const document = documents.at(place) as LogDocument
    const outcome = body.add(document)
    if (outcome === full) break
    if (outcome !== undefined) {
      refused.set(place, outcome)
      continue
    }
    places.push(place)
    if (document.maybeRepeated === true) suspects.add(place, document.dataStream)
  }
  return { body: body.bytes(), buffer: body.buffer, places, maybeRepeated: suspects, refused, next: place }
}

class Suspects implements MaybeRepeated {
  readonly places: number[] = []
  readonly dataStreams: Set<string> = new Set()
  readonly #documents: LogDocuments

  constructor(documents: LogDocuments) {
    this.#documents = documents
  }

  add(place: number, dataStream: string): void {
    this.places.push(place)
    this.dataStreams.add(dataStream)
  }

  names(): Map<number, DocumentName> {
    return new Map(
      this.places.map((place) => {
        const { id, dataStream } = this.#documents.at(place) as LogDocument
        return [place, { id, dataStream }]
      }),
    )
  }
}

/** Room for one document before anything is known of them; what was too little is doubled. */
const likelyBytes = 1_024

const full = Symbol('full')

class BulkBody {
  buffer: Buffer<ArrayBuffer>
  readonly #bytesMax: number
  #at = 0
  #dataStream: string | undefined
  #head = ''

  constructor(bytesMax: number, buffer: Buffer<ArrayBuffer>) {
    this.#bytesMax = bytesMax
    this.buffer = buffer
  }

  bytes(): Buffer {
    return this.buffer.subarray(0, this.#at)
  }

  /** Undefined for a document that is in the body now, else why it is not. */
  add({ id, dataStream, source }: LogDocument): DocumentOutcome | typeof full | undefined {
    if (dataStream !== this.#dataStream) {
      this.#dataStream = dataStream
      this.#head = `{"create":{"_index":${JSON.stringify(dataStream)},"_id":"`
    }
    const action = `${this.#head}${needsEscape.test(id) ? JSON.stringify(id).slice(1, -1) : id}"}}\n`
    // Put together first, looked at then: a text of many pieces is copied into one at the first look, and this way once.
    let lines = `${action}${source}\n`
    // A line end ends the document. Outside of strings it means nothing, and inside of them JSON has none.
    if (lines.indexOf('\n', action.length) < lines.length - 1) lines = `${action}${source.replace(newlines, ' ')}\n`
    const refused = checkId(id) ?? (lines.charCodeAt(action.length) === openingBrace ? undefined : checkSource(source))
    if (refused !== undefined) return refused
    if (!this.#hasRoom(lines)) return full
    this.#at += this.buffer.write(lines, this.#at)
    return undefined
  }

  /** Whether the lines may go into the body, which grows for them. The first may always. */
  #hasRoom(lines: string): boolean {
    // Three bytes are the most that one character takes.
    if (lines.length * 3 <= Math.min(this.buffer.length, this.#bytesMax) - this.#at) return true
    const needed = this.#at + Buffer.byteLength(lines)
    if (this.#at > 0 && needed > this.#bytesMax) return false
    if (needed <= this.buffer.length) return true
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, Math.min(this.#bytesMax, this.buffer.length * 2)))
    this.buffer.copy(larger, 0, 0, this.#at)
    this.buffer = larger
    return true
  }
}
