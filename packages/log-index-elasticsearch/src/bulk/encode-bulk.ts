import type { LogDocument } from '@millrace/log-index'

/** What JSON cannot hold as it is. */
// oxlint-disable-next-line no-control-regex
const needsEscape = /["\\\u0000-\u001f]/
const newlines = /\n/g

export interface EncodedBulk {
  /** NDJSON for `_bulk`: the used part of `buffer`. */
  readonly body: Buffer
  /** May be written over by another bulk once this one is answered. */
  readonly buffer: Buffer<ArrayBuffer>
  /** How many of the places are in it. */
  readonly count: number
}

/**
 * Puts documents into one body of at most `bytesMax` bytes: the first of `places` from `start` on, and as many more as fit. The strings are
 * written into one buffer, once; nothing is made per document. `spare` is used if it is large enough.
 */
export function encodeBulk(
  documents: readonly LogDocument[],
  places: readonly number[],
  start: number,
  bytesMax: number,
  spare?: Buffer<ArrayBuffer>,
): EncodedBulk {
  const expected = Math.min(bytesMax, estimate(documents, places, start))
  let buffer = spare !== undefined && spare.length >= expected ? spare : Buffer.allocUnsafeSlow(expected)
  let at = 0
  let count = 0
  let dataStream: string | undefined
  let head = ''
  for (let index = start; index < places.length; index++) {
    const document = documents[places[index] as number] as LogDocument
    if (document.dataStream !== dataStream) {
      dataStream = document.dataStream
      head = `{"create":{"_index":${JSON.stringify(dataStream)},"_id":"`
    }
    const id = needsEscape.test(document.id) ? JSON.stringify(document.id).slice(1, -1) : document.id
    // A line end ends the document. Outside of strings it means nothing, and inside of them JSON has none.
    const source = document.source.includes('\n') ? document.source.replace(newlines, ' ') : document.source
    const lines = `${head}${id}"}}\n${source}\n`
    // Three bytes are the most that one character takes.
    if (lines.length * 3 > buffer.length - at) {
      const needed = at + Buffer.byteLength(lines)
      if (count > 0 && needed > bytesMax) break
      if (needed > buffer.length) buffer = grown(buffer, at, Math.max(needed, Math.min(bytesMax, buffer.length * 2)))
    }
    at += buffer.write(lines, at)
    count++
  }
  return { body: buffer.subarray(0, at), buffer, count }
}

/** A little more than the body probably takes. */
function estimate(documents: readonly LogDocument[], places: readonly number[], start: number): number {
  let chars = 1_024
  for (let index = start; index < places.length; index++) {
    const { id, dataStream, source } = documents[places[index] as number] as LogDocument
    chars += id.length + dataStream.length + source.length + 40
  }
  return chars + (chars >> 4)
}

function grown(buffer: Buffer<ArrayBuffer>, used: number, bytes: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafeSlow(bytes)
  buffer.copy(larger, 0, 0, used)
  return larger
}
