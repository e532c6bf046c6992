/** What `parseData` answers for bytes that are not JSON. */
export const notJson: unique symbol = Symbol('not JSON')

/**
 * A record's data as JSON. Lines of text are told by their first and last bytes: an exception for each of them would cost more than all the
 * rest of a filter.
 */
export function parseData(data: Uint8Array): unknown {
  if (!mayBeJson(data)) return notJson
  try {
    return JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8'))
  } catch {
    return notJson
  }
}

const closing: Readonly<Record<string, string>> = { '{': '}', '[': ']', '"': '"', t: 'e', f: 'e', n: 'l' }

function mayBeJson(data: Uint8Array): boolean {
  let first = 0
  let last = data.byteLength - 1
  while (first <= last && isSpace(data[first])) first++
  while (last > first && isSpace(data[last])) last--
  if (first > last) return false
  const begin = String.fromCharCode(data[first] as number)
  const end = data[last] as number
  const closedBy = closing[begin]
  if (closedBy !== undefined) return String.fromCharCode(end) === closedBy
  return (begin === '-' || isDigit(data[first] as number)) && isDigit(end)
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}
