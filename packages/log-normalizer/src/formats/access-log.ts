import { acceptTimestamp } from '../accept-timestamp.ts'
import type { Draft } from '../draft.ts'
import { isIpAddress } from '../ip-address.ts'
import { quote } from '../json-text.ts'
import type { Line, LineFormat } from '../line-format.ts'
import { digits, digitsEnd, isDigit } from '../time/digits.ts'

/**
 * The access logs of nginx and Apache: common, combined, and combined with a virtual host in front or with further values behind.
 * `[vhost[:port]] address ident user [21/Nov/2026:09:31:00 +0100] "GET / HTTP/1.1" 200 612 "referrer" "user agent"`.
 * The message is the whole line. What is escaped in the line stays so in the fields.
 */
export const accessLog: LineFormat = {
  name: 'access',
  parse(line, draft) {
    const { text } = line
    const open = text.indexOf(' [')
    if (open < 3 || open > headCharsMax) return false
    const timestamp = line.scanner.commonLog(text, open + 2)
    const timeEnd = open + 28
    // `]`, blank, quote: anything else is another format, whatever the date looks like.
    if (text.charCodeAt(timeEnd) !== 93 || text.charCodeAt(timeEnd + 2) !== 34) return false
    const requestEnd = quotedEnd(text, timeEnd + 3)
    if (requestEnd < 0) return false
    const status = digits(text, requestEnd + 2, 3)
    if (status < 0 || text.charCodeAt(requestEnd + 1) !== 32) return false
    const head = text.slice(0, open).split(' ')
    if (head.length < 3 || head.includes('')) return false
    write(line, draft, head, timeEnd + 3, requestEnd, status)
    acceptTimestamp(line, draft, timestamp, open + 2, timeEnd)
    return true
  },
}

/** Addresses and users are short; a line whose first bracket comes later is something else. */
const headCharsMax = 1_024

function write(line: Line, draft: Draft, head: readonly string[], requestStart: number, requestEnd: number, status: number): void {
  const { text } = line
  // A user name with blanks makes the head longer; a virtual host in front does too, and is told by the "-" of ident two places on.
  const virtualHost = head.length > 3 && head[2] === '-' ? head[0] : undefined
  const first = virtualHost === undefined ? 0 : 1
  const address = head[first] as string
  const user = head.length === first + 3 ? (head[first + 2] as string) : head.slice(first + 2).join(' ')
  let at = requestEnd + 5
  let bytes = ''
  if (text.charCodeAt(at) === 32 && isDigit(text.charCodeAt(at + 1))) {
    const end = digitsEnd(text, at + 1, 15)
    bytes = text.slice(at + 1, end)
    at = end
  }
  draft.dataset = isApache(line) ? 'apache.access' : 'nginx.access'
  draft.message = text
  draft.event = `,"kind":"event","category":["web"],"type":["access"],"outcome":"${status < 400 ? 'success' : 'failure'}"`
  draft.body =
    sourceMember(address) +
    (user === '-' ? '' : `,"user":{"name":${quote(user)}}`) +
    trafficMembers(text, requestStart, requestEnd, status, bytes, virtualHost, at)
}

/** The same line may come from either server: the path or the service's name tells, else it is taken to be nginx's. */
function isApache(line: Line): boolean {
  return names(line.service) || names(line.path)
}

function names(text: string | undefined): boolean {
  return text !== undefined && (text.includes('apache') || text.includes('httpd'))
}

function sourceMember(address: string): string {
  const quoted = quote(address)
  return isIpAddress(address) ? `,"source":{"address":${quoted},"ip":${quoted}}` : `,"source":{"address":${quoted}}`
}

function trafficMembers(
  text: string,
  requestStart: number,
  requestEnd: number,
  status: number,
  bytes: string,
  virtualHost: string | undefined,
  at: number,
): string {
  let method = ''
  let version = ''
  let url = virtualHost === undefined ? '' : domainMembers(virtualHost)
  const methodEnd = text.indexOf(' ', requestStart)
  const targetEnd = text.lastIndexOf(' ', requestEnd)
  if (targetEnd > methodEnd && methodEnd < requestEnd && text.startsWith('HTTP/', targetEnd + 1)) {
    method = `"method":${quote(text.slice(requestStart, methodEnd))}`
    version = `"version":${quote(text.slice(targetEnd + 6, requestEnd))},`
    url = urlMembers(text.slice(methodEnd + 1, targetEnd)) + url
  }
  let agent = ''
  if (text.charCodeAt(at) === 45 || text.charCodeAt(at + 1) === 45) at = text.indexOf(' ', at + 1)
  if (at >= 0 && text.charCodeAt(at) === 32 && text.charCodeAt(at + 1) === 34) {
    const referrerEnd = quotedEnd(text, at + 2)
    if (referrerEnd > 0) {
      const referrer = text.slice(at + 2, referrerEnd)
      if (referrer !== '-' && referrer !== '') method += `${method === '' ? '' : ','}"referrer":${quote(referrer)}`
      agent = agentMember(text, referrerEnd + 1)
    }
  }
  const request = method === '' ? '' : `"request":{${method}},`
  const body = bytes === '' ? '' : `,"body":{"bytes":${Number(bytes)}}`
  return (
    `,"http":{${version}${request}"response":{"status_code":${status}${body}}}` + (url === '' ? '' : `,"url":{${url.slice(1)}}`) + agent
  )
}

function agentMember(text: string, at: number): string {
  if (text.charCodeAt(at) !== 32 || text.charCodeAt(at + 1) !== 34) return ''
  const end = quotedEnd(text, at + 2)
  if (end < 0) return ''
  const agent = text.slice(at + 2, end)
  return agent === '-' || agent === '' ? '' : `,"user_agent":{"original":${quote(agent)}}`
}

function domainMembers(virtualHost: string): string {
  const colon = virtualHost.lastIndexOf(':')
  const port = colon > 0 ? virtualHost.slice(colon + 1) : ''
  return /^\d{1,5}$/.test(port)
    ? `,"domain":${quote(virtualHost.slice(0, colon))},"port":${Number(port)}`
    : `,"domain":${quote(virtualHost)}`
}

/** `url.original`, `url.path` and `url.query` of a request's target, as JSON members with a comma in front. */
function urlMembers(target: string): string {
  const original = `,"original":${quote(target)}`
  if (target.charCodeAt(0) !== 47) return original
  const query = target.indexOf('?')
  if (query < 0) return `${original},"path":${quote(target)}`
  return `${original},"path":${quote(target.slice(0, query))},"query":${quote(target.slice(query + 1))}`
}

/** Where the quote is that ends a quoted text starting at `at`: one that no backslash escapes. -1 if there is none. */
function quotedEnd(text: string, at: number): number {
  let end = text.indexOf('"', at)
  while (end > at && isEscaped(text, at, end)) end = text.indexOf('"', end + 1)
  return end
}

function isEscaped(text: string, start: number, at: number): boolean {
  let backslashes = 0
  while (at - backslashes > start && text.charCodeAt(at - backslashes - 1) === 92) backslashes++
  return backslashes % 2 === 1
}
