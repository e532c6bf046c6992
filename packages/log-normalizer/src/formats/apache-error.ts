import { acceptTimestamp } from '../accept-timestamp.ts'
import type { Draft } from '../draft.ts'
import { isIpAddress } from '../ip-address.ts'
import { quote } from '../json-text.ts'
import type { LineFormat } from '../line-format.ts'
import { knownLevel } from '../log-level.ts'
import { isDigit } from '../time/digits.ts'

/** Apache's error log, since 2.4 `[Sat Nov 21 09:31:00.123456 2026] [core:error] [pid 12:tid 34] [client 192.0.2.1:5678] message`, before without module and pid. */
export const apacheError: LineFormat = {
  name: 'apache-error',
  parse(line, draft) {
    const { text, scanner } = line
    // `[Www Mmm dd`
    if (text.charCodeAt(4) !== 32 || text.charCodeAt(8) !== 32 || isDigit(text.charCodeAt(1))) return false
    const timestamp = scanner.monthDay(text, 1)
    const timeEnd = scanner.end
    if (Number.isNaN(timestamp) || text.charCodeAt(timeEnd) !== 93) return false
    const source = bracketAt(text, timeEnd + 2)
    const colon = source?.indexOf(':') ?? -1
    const level = source === undefined ? undefined : apacheLevel(source.slice(colon + 1))
    if (source === undefined || level === undefined) return false
    draft.level = level
    if (colon > 0) draft.label('module', source.slice(0, colon))
    draft.message = text.slice(takeBrackets(text, timeEnd + 4 + source.length + 1, draft))
    draft.dataset = 'apache.error'
    acceptTimestamp(line, draft, timestamp, 1, timeEnd)
    return true
  },
}

/** `trace1` to `trace8` are one level. */
function apacheLevel(word: string): string | undefined {
  return knownLevel(word) ?? (/^trace[1-8]$/.test(word) ? 'trace' : undefined)
}

const bracketCharsMax = 256

/** What stands between the brackets at a place. */
function bracketAt(text: string, at: number): string | undefined {
  if (text.charCodeAt(at) !== 91) return undefined
  const end = text.indexOf(']', at)
  return end < 0 || end - at > bracketCharsMax ? undefined : text.slice(at + 1, end)
}

/** Takes `[pid 1:tid 2]` and `[client address:port]` up; answers where the message starts. */
function takeBrackets(text: string, start: number, draft: Draft): number {
  let at = start
  for (let inner = bracketAt(text, at); inner !== undefined; inner = bracketAt(text, at)) {
    const ids = /^pid (\d{1,10})(?::tid (\d{1,20}))?$/.exec(inner)
    if (ids !== null) {
      draft.pid = Number(ids[1])
      const threadId = Number(ids[2])
      if (Number.isSafeInteger(threadId)) draft.threadId = threadId
      else if (ids[2] !== undefined) draft.label('thread_id', ids[2])
    } else if (inner.startsWith('client ')) draft.body = clientMember(inner.slice(7))
    else return at
    at += inner.length + (text.charCodeAt(at + inner.length + 2) === 32 ? 3 : 2)
  }
  return at
}

/** Apache puts a port behind IPv6 without brackets: what is an address as a whole is taken for one. */
function clientMember(client: string): string {
  if (isIpAddress(client)) return `,"source":{"address":${quote(client)},"ip":${quote(client)}}`
  const colon = client.lastIndexOf(':')
  const address = colon < 0 ? client : client.slice(0, colon).replace(/^\[|\]$/g, '')
  const port = Number(client.slice(colon + 1))
  const portMember = colon >= 0 && Number.isInteger(port) ? `,"port":${port}` : ''
  return `,"source":{"address":${quote(address)}${isIpAddress(address) ? `,"ip":${quote(address)}` : ''}${portMember}}`
}
