import { acceptTimestamp } from '../accept-timestamp.ts'
import type { Draft } from '../draft.ts'
import { isIpAddress } from '../ip-address.ts'
import { quote } from '../json-text.ts'
import type { Line, LineFormat } from '../line-format.ts'
import { digits, digitsEnd } from '../time/digits.ts'
import { urlMembers } from '../url-members.ts'

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
    // `]`, blank, quote: anything else is another format, whatever the date looks like.
    const timeEnd = open + 28
    if (text.charCodeAt(timeEnd) !== 93 || text.charCodeAt(timeEnd + 2) !== 34) return false
    const timestamp = line.scanner.commonLog(text, open + 2)
    const requestEnd = quotedEnd(text, timeEnd + 3)
    if (requestEnd < 0 || text.charCodeAt(requestEnd + 1) !== 32) return false
    const status = digits(text, requestEnd + 2, 3)
    if (status < 0 || !writeHead(text.slice(0, open), draft)) return false
    writeRest(text, draft, timeEnd + 3, requestEnd, status)
    draft.dataset = isApache(line) ? 'apache.access' : 'nginx.access'
    acceptTimestamp(line, draft, timestamp, open + 2, timeEnd)
    return true
  },
}

/** Addresses and users are short; a line whose first bracket comes later is something else. */
const headCharsMax = 1_024

/** The same line may come from either server: the path or the service's name tells, else it is taken to be nginx's. */
function isApache(line: Line): boolean {
  return saysApache(line.service) || saysApache(line.path)
}

function saysApache(text: string | undefined): boolean {
  return text !== undefined && (text.includes('apache') || text.includes('httpd'))
}

/**
 * Address and user. A virtual host in front is told by the `-` of ident that then comes third; further words belong to the user's name, unless ident is not `-`
 * either: then something else wraps the line.
 */
function writeHead(head: string, draft: Draft): boolean {
  const first = head.indexOf(' ')
  const second = head.indexOf(' ', first + 1)
  if (first < 1 || second <= first + 1 || second === head.length - 1) return false
  if (head.charCodeAt(second + 1) === 45 && head.charCodeAt(second + 2) === 32 && head.length > second + 3) {
    draft.body = sourceMember(head.slice(first + 1, second)) + userMember(head.slice(second + 3)) + draft.body
    draft.url = domainMembers(head.slice(0, first))
    return true
  }
  const user = head.slice(second + 1)
  if (user.includes(' ') && head.slice(first + 1, second) !== '-') return false
  draft.body = sourceMember(head.slice(0, first)) + userMember(user)
  return true
}

function sourceMember(address: string): string {
  return isIpAddress(address) ? `,"source":{"address":"${address}","ip":"${address}"}` : `,"source":{"address":${quote(address)}}`
}

function userMember(user: string): string {
  return user === '-' ? '' : `,"user":{"name":${quote(user)}}`
}

function domainMembers(virtualHost: string): string {
  const colon = virtualHost.lastIndexOf(':')
  const port = colon > 0 ? virtualHost.slice(colon + 1) : ''
  return /^\d{1,5}$/.test(port)
    ? `,"domain":${quote(virtualHost.slice(0, colon))},"port":${Number(port)}`
    : `,"domain":${quote(virtualHost)}`
}

function writeRest(text: string, draft: Draft, requestStart: number, requestEnd: number, status: number): void {
  const bytesEnd = digitsEnd(text, requestEnd + 6, 15)
  const bytes = bytesEnd > requestEnd + 6 ? `,"body":{"bytes":${numberText(text, requestEnd + 6, bytesEnd)}}` : ''
  const referrerStart = quotedStart(text, bytes === '' ? requestEnd + 7 : bytesEnd)
  const referrerEnd = referrerStart < 0 ? -1 : quotedEnd(text, referrerStart)
  const agentStart = referrerEnd < 0 ? -1 : quotedStart(text, referrerEnd + 1)
  const agentEnd = agentStart < 0 ? -1 : quotedEnd(text, agentStart)
  // The quoted message is longer by its own quotes and by what it escapes: if that is just the quotes found here, no field needs escaping.
  const message = JSON.stringify(text)
  const clean = message.length === text.length + (agentEnd >= 0 ? 8 : referrerEnd >= 0 ? 6 : 4)
  const referrer = valueText(text, referrerStart, referrerEnd, clean)
  const agent = valueText(text, agentStart, agentEnd, clean)
  draft.messageJson = message
  draft.event = status < 400 ? succeeded : failed
  draft.body += httpMember(
    text,
    draft,
    requestStart,
    requestEnd,
    clean,
    `"response":{"status_code":${numberText(text, requestEnd + 2, requestEnd + 5)}${bytes}}`,
    referrer,
  )
  if (draft.url !== '') draft.body += `,"url":{${draft.url}}`
  if (agent !== '') draft.body += `,"user_agent":{"original":${agent}}`
}

const succeeded = ',"kind":"event","category":["web"],"type":["access"],"outcome":"success"'
const failed = ',"kind":"event","category":["web"],"type":["access"],"outcome":"failure"'

function httpMember(text: string, draft: Draft, start: number, end: number, clean: boolean, response: string, referrer: string): string {
  const referrerMember = referrer === '' ? '' : `"referrer":${referrer}`
  const methodEnd = text.indexOf(' ', start)
  const targetEnd = text.lastIndexOf(' ', end)
  if (targetEnd <= methodEnd || methodEnd >= end || !text.startsWith('HTTP/', targetEnd + 1)) {
    draft.url = draft.url.slice(1)
    return `,"http":{${referrerMember === '' ? '' : `"request":{${referrerMember}},`}${response}}`
  }
  const method = valueText(text, start, methodEnd, clean)
  const version = valueText(text, targetEnd + 6, end, clean)
  draft.url = urlMembers(text.slice(methodEnd + 1, targetEnd), clean) + draft.url
  return `,"http":{"version":${version},"request":{"method":${method}${referrerMember === '' ? '' : `,${referrerMember}`}},${response}}`
}

/** The number that the digits spell. Most are written as JSON has them, and need not be made anew. */
function numberText(text: string, start: number, end: number): string {
  const spelled = text.slice(start, end)
  return text.charCodeAt(start) === 48 ? String(Number(spelled)) : spelled
}

/** The value as a JSON string; empty for a value that is not there or is `-`. */
function valueText(text: string, start: number, end: number, clean: boolean): string {
  if (end <= start || (end === start + 1 && text.charCodeAt(start) === 45)) return ''
  return clean ? `"${text.slice(start, end)}"` : quote(text.slice(start, end))
}

/** Where a quoted text starts that follows a blank at `at`; -1 if there is none. */
function quotedStart(text: string, at: number): number {
  return text.charCodeAt(at) === 32 && text.charCodeAt(at + 1) === 34 ? at + 2 : -1
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
