import { acceptTimestamp } from '../accept-timestamp.ts'
import type { Draft } from '../draft.ts'
import { isIpAddress } from '../ip-address.ts'
import { quote } from '../json-text.ts'
import type { LineFormat } from '../line-format.ts'
import { knownLevel } from '../log-level.ts'
import { digits, digitsEnd } from '../time/digits.ts'
import { urlMembers } from '../url-members.ts'

/** nginx's error log: `2026/11/21 09:31:00 [error] 12#34: *56 message, client: …, server: …, request: "…", host: "…"`. The message keeps the client's part too. */
export const nginxError: LineFormat = {
  name: 'nginx-error',
  parse(line, draft) {
    const { text, scanner } = line
    if (text.charCodeAt(4) !== 47 || text.charCodeAt(20) !== 91) return false
    const levelEnd = text.indexOf('] ', 21)
    const level = levelEnd < 0 || levelEnd > 40 ? undefined : knownLevel(text.slice(21, levelEnd))
    const pidEnd = digitsEnd(text, levelEnd + 2, 10)
    const threadEnd = digitsEnd(text, pidEnd + 1, 20)
    if (level === undefined || pidEnd === levelEnd + 2 || text.charCodeAt(pidEnd) !== 35 || !text.startsWith(': ', threadEnd)) return false
    const timestamp = scanner.iso(text, 0)
    if (Number.isNaN(timestamp) || scanner.end !== 19) return false
    draft.level = level
    draft.pid = digits(text, levelEnd + 2, pidEnd - levelEnd - 2)
    draft.threadId = digits(text, pidEnd + 1, threadEnd - pidEnd - 1)
    const start = threadEnd + 2
    const connectionEnd = text.charCodeAt(start) === 42 ? digitsEnd(text, start + 1, 15) : start
    const hasConnection = connectionEnd > start + 1 && text.charCodeAt(connectionEnd) === 32
    if (hasConnection) draft.label('connection_id', Number(text.slice(start + 1, connectionEnd)))
    draft.message = text.slice(hasConnection ? connectionEnd + 1 : start)
    takeClient(text, draft)
    draft.dataset = 'nginx.error'
    acceptTimestamp(line, draft, timestamp, 0, 19)
    return true
  },
}

function takeClient(text: string, draft: Draft): void {
  const at = text.lastIndexOf(', client: ')
  if (at < 0) return
  const client = valueAt(text, ', client: ', at)
  if (client !== undefined && isIpAddress(client)) draft.body = `,"source":{"address":"${client}","ip":"${client}"}`
  const [method = '', target, version = ''] = valueAt(text, ', request: "', at)?.split(' ') ?? []
  const host = valueAt(text, ', host: "', at) ?? valueAt(text, ', server: ', at)
  const domain = host === undefined || host === '' || host === '_' ? '' : `,"domain":${quote(host.replace(/:\d{1,5}$/, ''))}`
  const referrer = valueAt(text, ', referrer: "', at)
  const referrerMember = referrer === undefined ? '' : `,"referrer":${quote(referrer)}`
  if (target !== undefined && version.startsWith('HTTP/')) {
    draft.body += `,"http":{"version":${quote(version.slice(5))},"request":{"method":${quote(method)}${referrerMember}}}`
    // A target with a host of its own says the domain already.
    draft.body += `,"url":{${urlMembers(target)}${target.startsWith('/') ? domain : ''}}`
  } else if (domain !== '') draft.body += `,"url":{${domain.slice(1)}}`
}

/** The value behind a label such as `, request: "`, which says by its end whether the value is quoted. */
function valueAt(text: string, label: string, from: number): string | undefined {
  const at = text.indexOf(label, from)
  if (at < 0) return undefined
  const start = at + label.length
  const end = label.endsWith('"') ? text.indexOf('"', start) : text.indexOf(',', start)
  return end < 0 ? (label.endsWith('"') ? undefined : text.slice(start)) : text.slice(start, end)
}
