import { isUtf8 } from 'node:buffer'

/** A record's bytes as text. */
export interface DecodedLine {
  /** Without a byte order mark in front and without the line terminator at the end. Bytes that are not UTF-8 stand as U+FFFD. */
  readonly text: string
  /** The exact bytes in base64, if the text does not give them back; else undefined. */
  readonly base64: string | undefined
}

/** Decodes UTF-8. What the text cannot give back is kept beside it. */
export function decodeLine(data: Uint8Array): DecodedLine {
  const bytes = Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  let text = bytes.toString('utf8')
  // A replacement character may well have been written by the program itself: only then the bytes have to be looked at again.
  const base64 = text.includes('\ufffd') && !isUtf8(bytes) ? bytes.toString('base64') : undefined
  const end = endWithoutTerminator(text)
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0
  if (start > 0 || end < text.length) text = text.slice(start, end)
  return { text, base64 }
}

function endWithoutTerminator(text: string): number {
  let end = text.length
  if (end > 0 && text.charCodeAt(end - 1) === 10) end--
  if (end > 0 && text.charCodeAt(end - 1) === 13) end--
  return end
}
