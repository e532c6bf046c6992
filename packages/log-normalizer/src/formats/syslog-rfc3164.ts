import { acceptTimestamp } from '../accept-timestamp.ts'
import { member } from '../json-text.ts'
import type { Line, LineFormat } from '../line-format.ts'
import { knownLevel } from '../log-level.ts'
import { priorityMembers, syslogLevel, syslogPriority } from '../syslog-members.ts'
import { isDigit, monthAt } from '../time/digits.ts'

/**
 * BSD syslog, with or without its priority: `<13>Nov 21 09:31:00 host tag[pid]: message`; also with the ISO timestamps that rsyslog writes to files, and
 * without a host, as `logger` sends it to its own machine.
 */
export const syslogRfc3164: LineFormat = {
  name: 'syslog-rfc3164',
  parse(line, draft) {
    const { text } = line
    const priority = syslogPriority(text)
    const start = priority < 0 ? 0 : text.indexOf('>') + 1
    const timestamp = readTime(line, start, priority >= 0)
    const timeEnd = line.scanner.end
    if (Number.isNaN(timestamp) || text.charCodeAt(timeEnd) !== 32) return false
    const first = wordAt(text, timeEnd + 1)
    let tag = tagAt(text, timeEnd + 1)
    let host: string | undefined
    if (tag === undefined) {
      host = first
      if (host === '' || knownLevel(host) !== undefined || !isHost(host)) return false
      tag = tagAt(text, timeEnd + 2 + host.length)
    }
    if (tag === undefined ? priority < 0 : priority < 0 && knownLevel(tag.name) !== undefined) return false
    if (priority >= 0) {
      draft.level = syslogLevel(priority)
      draft.syslog = priorityMembers(priority)
    }
    draft.syslog += member('hostname', host) + member('appname', tag?.name)
    if (tag?.processId !== undefined) draft.syslog += member('procid', tag.processId)
    draft.host = host
    draft.processName = tag?.name
    if (tag?.processId !== undefined && /^\d{1,10}$/.test(tag.processId)) draft.pid = Number(tag.processId)
    draft.message = text.slice(tag?.end ?? timeEnd + 2 + (host ?? '').length)
    draft.dataset = 'syslog'
    acceptTimestamp(line, draft, timestamp, start, timeEnd)
    return true
  },
}

/** Without a priority, an ISO timestamp must look as rsyslog's: that many a log starts with some date does not make it syslog. */
function readTime(line: Line, at: number, hasPriority: boolean): number {
  const { text, scanner } = line
  if (!isDigit(text.charCodeAt(at))) return monthAt(text, at) < 0 ? Number.NaN : scanner.monthDay(text, at)
  if (text.charCodeAt(at + 10) !== 84) return Number.NaN
  const timestamp = scanner.iso(text, at)
  const zone = text.charCodeAt(scanner.end - 1)
  return hasPriority || zone === 90 || (isDigit(zone) && text.charCodeAt(scanner.end - 3) === 58) ? timestamp : Number.NaN
}

interface Tag {
  readonly name: string
  readonly processId: string | undefined
  /** Where the message starts. */
  readonly end: number
}

const wordCharsMax = 255

function wordAt(text: string, at: number): string {
  const end = text.indexOf(' ', at)
  return end < 0 || end - at > wordCharsMax ? '' : text.slice(at, end)
}

function isHost(word: string): boolean {
  return /^[\w.:%-]+$/.test(word) && !word.endsWith(':')
}

const tagPattern = /([\w./@+-]{1,128})(?:\[([^\]\s]{1,64})\])?:/y

/** `name:` or `name[pid]:`, and the blank behind it. */
function tagAt(text: string, at: number): Tag | undefined {
  tagPattern.lastIndex = at
  const match = tagPattern.exec(text)
  if (match === null) return undefined
  const end = tagPattern.lastIndex
  const next = text.charCodeAt(end)
  if (next !== 32 && end < text.length) return undefined
  return { name: match[1] as string, processId: match[2], end: next === 32 ? end + 1 : end }
}
