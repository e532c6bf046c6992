import { SerializationException } from '../../aws/model-error.ts'
import { decodeCbor } from './cbor-decode.ts'
import { encodeCbor } from './cbor-encode.ts'

/** How a request is written, and its answer: AWS's JSON 1.1 or CBOR 1.1. */
export interface WireFormat {
  readonly contentType: string
  /** The members of a request; none for an empty body. Throws `SerializationException`. */
  decode(body: Uint8Array): object
  encode(answer: object): Uint8Array
}

/** The format of a Content-Type; undefined for one that Kinesis does not know. */
export function wireFormatOf(contentType: string | undefined): WireFormat | undefined {
  const name = contentType?.split(';', 1)[0]?.trim().toLowerCase()
  return name === undefined ? undefined : formats.get(name)
}

function jsonFormat(contentType: string): WireFormat {
  return {
    contentType,
    decode: (body) => members(decodeJson(body)),
    encode: (answer) => Buffer.from(JSON.stringify(answer)),
  }
}

export const json: WireFormat = jsonFormat('application/x-amz-json-1.1')

export const cbor: WireFormat = {
  contentType: 'application/x-amz-cbor-1.1',
  decode: (body) => members(body.byteLength === 0 ? {} : decodeCbor(body)),
  encode: encodeCbor,
}

const formats: ReadonlyMap<string, WireFormat> = new Map(
  [json, cbor, jsonFormat('application/json')].map((format) => [format.contentType, format]),
)

function decodeJson(body: Uint8Array): unknown {
  if (body.byteLength === 0) return {}
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'))
  } catch (error) {
    throw new SerializationException(`The body is not sound JSON: ${(error as Error).message}`)
  }
}

function members(value: unknown): object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new SerializationException('The body is not a structure.')
}
