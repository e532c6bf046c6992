import { acceptTimestamp } from '../accept-timestamp.ts'
import { member } from '../json-text.ts'
import type { LineFormat } from '../line-format.ts'
import { readStructuredData } from '../structured-data.ts'
import { priorityMembers, syslogLevel, syslogPriority } from '../syslog-members.ts'

/** Syslog, `<34>1 2026-11-21T09:31:00.123Z host app 123 ID47 [data@1 name="value"] message`, with or without its priority. */
export const syslogRfc5424: LineFormat = {
  name: 'syslog-rfc5424',
  parse(line, draft) {
    const { text, scanner } = line
    const priority = syslogPriority(text)
    const start = priority < 0 ? 0 : text.indexOf('>') + 1
    if (text.charCodeAt(start) !== 49 || text.charCodeAt(start + 1) !== 32) return false
    const timeStart = start + 2
    const hasTime = text.charCodeAt(timeStart) !== 45
    const timestamp = hasTime ? scanner.iso(text, timeStart) : Number.NaN
    const timeEnd = hasTime ? scanner.end : timeStart + 1
    if ((hasTime && (Number.isNaN(timestamp) || text.charCodeAt(timeStart + 10) !== 84)) || (!hasTime && priority < 0)) return false
    const [host, app, processId, messageId, end] = readHeader(text, timeEnd)
    if (end < 0) return false
    const data = readStructuredData(text, end)
    if (priority >= 0) {
      draft.level = syslogLevel(priority)
      draft.syslog = priorityMembers(priority)
    }
    draft.syslog +=
      member('version', '1') + member('hostname', host) + member('appname', app) + member('procid', processId) + member('msgid', messageId)
    if (data.members !== '') draft.syslog += `,"structured_data":{${data.members.slice(1)}}`
    draft.host = host
    draft.processName = app
    if (processId !== undefined && /^\d{1,10}$/.test(processId)) draft.pid = Number(processId)
    const message = text.slice(data.end)
    draft.message = message.charCodeAt(0) === 0xfeff ? message.slice(1) : message
    draft.dataset = 'syslog'
    if (hasTime) acceptTimestamp(line, draft, timestamp, timeStart, timeEnd)
    return true
  },
}

type Header = readonly [
  host: string | undefined,
  app: string | undefined,
  processId: string | undefined,
  messageId: string | undefined,
  end: number,
]

/** The four words behind the timestamp; `-` stands for none. The end is that of the last one's blank, -1 if there are not four. */
function readHeader(text: string, at: number): Header {
  const words: (string | undefined)[] = []
  let end = at
  for (let count = 0; count < 4; count++) {
    if (text.charCodeAt(end) !== 32) return [undefined, undefined, undefined, undefined, -1]
    const next = text.indexOf(' ', end + 1)
    if (next <= end + 1 || next - end > wordCharsMax) return [undefined, undefined, undefined, undefined, -1]
    const word = text.slice(end + 1, next)
    words.push(word === '-' ? undefined : word)
    end = next
  }
  return [words[0], words[1], words[2], words[3], end + 1]
}

/** The RFC allows a host 255 characters, the others fewer. */
const wordCharsMax = 256
