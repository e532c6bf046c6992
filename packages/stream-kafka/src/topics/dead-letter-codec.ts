import { type DeadLetter, NewerVersionError } from '@millrace/stream'

const version = 1

/** u8 version | u32 bytes of the JSON, little-endian | JSON of everything but the data | the data */
const headBytes = 5

/** What the index of the letters needs to know. */
export type DeadLetterSummary = Pick<DeadLetter, 'id' | 'stream' | 'functionName'>

export function encodeDeadLetter({ data, ...rest }: DeadLetter): Buffer {
  const text = Buffer.from(JSON.stringify(rest))
  const head = Buffer.alloc(headBytes)
  head.writeUInt8(version)
  head.writeUInt32LE(text.length, 1)
  return Buffer.concat([head, text, data])
}

/** Undefined for what is no dead letter. Throws `NewerVersionError`. */
export function decodeDeadLetter(bytes: Uint8Array): DeadLetter | undefined {
  const found = split(bytes)
  if (found === undefined) return undefined
  const { producerSequence, ...rest } = found.fields as DeadLetter
  return { ...rest, producerSequence, data: found.data.slice() }
}

/** As `decodeDeadLetter`, without the data. */
export function summarizeDeadLetter(bytes: Uint8Array): DeadLetterSummary | undefined {
  const fields = split(bytes)?.fields as DeadLetter | undefined
  return fields && { id: fields.id, stream: fields.stream, functionName: fields.functionName }
}

function split(bytes: Uint8Array): { readonly fields: object; readonly data: Uint8Array } | undefined {
  if (bytes.length < headBytes) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint8(0) > version) throw new NewerVersionError('A dead letter in Kafka', view.getUint8(0), version)
  const dataAt = headBytes + view.getUint32(1, true)
  try {
    const fields: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(headBytes, dataAt)))
    return typeof fields === 'object' && fields !== null ? { fields, data: bytes.subarray(dataAt) } : undefined
  } catch {
    return undefined
  }
}
