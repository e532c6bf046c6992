import { NewerVersionError, type RecordHeaders } from '@millrace/stream'
import type { ByteWriter } from '../wire/byte-writer.ts'

/*
 * What a producer says about a record is one Kafka header: it repeats in every record, so it is short, and compression takes most of it.
 *
 *   key "mr" | value: u8 version | producer sequence + 1, seven bits a byte, the lowest first; 0 for none | JSON of the headers with short names
 *
 * The JSON is the same for all records of a request, byte for byte: whoever reads them parses it once. The first record of a batch always has the header, also if
 * it says nothing: a batch without it is another program's.
 *
 * Version 2 is no record but a marker: its JSON is {"epoch": number}, of the change of shards that put it.
 */
export const headerKey: Buffer = Buffer.from('mr')
const version = 1
const markerVersion = 2

interface ShortHeaders {
  readonly s?: string
  readonly h?: string
  readonly p?: string
  readonly i?: string
  readonly t?: number
  readonly r?: string
  readonly x?: true
  readonly f?: Readonly<Record<string, string>>
}

/** The JSON part of the header's value; no bytes for headers that say nothing. */
export function encodeHeadersText(headers: RecordHeaders): Buffer {
  const { service: s, host: h, path: p, producerId: i, readTimestamp: t, recordId: r, resent, foreign: f } = headers
  const x = resent === true ? true : undefined
  const text = JSON.stringify({ s, h, p, i, t, r, x, f })
  return text === '{}' ? Buffer.alloc(0) : Buffer.from(text)
}

/** Bytes that `writeHeadersStart` takes. */
export function headersStartBytes(producerSequence: number | undefined): number {
  let bytes = 2
  for (let rest = sequenceField(producerSequence); rest >= 128; rest = Math.floor(rest / 128)) bytes++
  return bytes
}

/** Writes the part before the JSON. */
export function writeHeadersStart(writer: ByteWriter, producerSequence: number | undefined): void {
  writer.byte(version)
  let rest = sequenceField(producerSequence)
  for (; rest >= 128; rest = Math.floor(rest / 128)) writer.byte((rest % 128) | 128)
  writer.byte(rest)
}

function sequenceField(producerSequence: number | undefined): number {
  return producerSequence === undefined ? 0 : producerSequence + 1
}

/** Whether the header is that of a marker. Throws `NewerVersionError` for headers that a newer Millrace wrote. */
export function isMarkerVersion(found: number): boolean {
  if (found > markerVersion) throw new NewerVersionError('A record in the topic', found, markerVersion)
  return found === markerVersion
}

/** The header's value that makes a record a marker. */
export function encodeMarker(epoch: number): Buffer {
  return Buffer.concat([Buffer.from([markerVersion, 0]), Buffer.from(JSON.stringify({ epoch }))])
}

/** Epoch of the marker whose header's value is this. */
export function decodeMarker(value: Uint8Array): number {
  return (JSON.parse(Buffer.from(value).toString('utf8', 2)) as { readonly epoch: number }).epoch
}

/** Where the JSON begins in the header's value, and the sequence before it. */
export function decodeHeadersStart(
  bytes: Uint8Array,
  from: number,
): { readonly textAt: number; readonly producerSequence: number | undefined } {
  let at = from + 1
  let value = 0
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[at++] as number
    value += (byte & 127) * scale
    if (!(byte >= 128)) break
  }
  return { textAt: at, producerSequence: value === 0 ? undefined : value - 1 }
}

/** The headers that `encodeHeadersText` wrote. What cannot be read is no reason to lose the record: it has none. */
export function decodeHeadersText(bytes: Uint8Array): RecordHeaders {
  if (bytes.length === 0) return noHeaders
  try {
    const { s, h, p, i, t, r, x, f } = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as ShortHeaders
    return {
      ...(s === undefined ? {} : { service: s }),
      ...(h === undefined ? {} : { host: h }),
      ...(p === undefined ? {} : { path: p }),
      ...(i === undefined ? {} : { producerId: i }),
      ...(t === undefined ? {} : { readTimestamp: t }),
      ...(r === undefined ? {} : { recordId: r }),
      ...(x === true ? { resent: true } : {}),
      ...(f === undefined ? {} : { foreign: f }),
    }
  } catch {
    return noHeaders
  }
}

/** Shared by all records that have none. */
export const noHeaders: RecordHeaders = Object.freeze({})
