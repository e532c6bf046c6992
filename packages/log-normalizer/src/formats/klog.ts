import { acceptTimestamp } from '../accept-timestamp.ts'
import type { LineFormat } from '../line-format.ts'
import { digits, digitsEnd } from '../time/digits.ts'

const levels: Readonly<Record<string, string>> = { I: 'info', W: 'warn', E: 'error', F: 'fatal' }

/** klog and glog, the loggers of Kubernetes and of Google's libraries: `I1121 09:31:00.123456    1234 file.go:56] message`. */
export const klog: LineFormat = {
  name: 'klog',
  parse(line, draft) {
    const { text, scanner } = line
    const level = levels[text.charAt(0)]
    if (level === undefined) return false
    // Recent versions of glog write the year as well.
    const start = digitsEnd(text, 1, 8) === 9 ? 5 : 1
    let timestamp = scanner.monthDayDigits(text, start)
    if (Number.isNaN(timestamp)) return false
    if (start === 5) timestamp = scanner.iso(`${text.slice(1, 5)}-${text.slice(5, 7)}-${text.slice(7, 9)} ${text.slice(10, 25)}`, 0)
    const timeEnd = text.indexOf(' ', start + 5)
    let at = timeEnd
    while (text.charCodeAt(at) === 32) at++
    const idEnd = digitsEnd(text, at, 10)
    const close = text.indexOf('] ', idEnd)
    const colon = text.lastIndexOf(':', close)
    if (timeEnd < 0 || idEnd === at || close < 0 || colon <= idEnd || close - idEnd > placeCharsMax) return false
    const lineNumber = digits(text, colon + 1, close - colon - 1)
    if (lineNumber < 0) return false
    draft.level = level
    draft.threadId = digits(text, at, idEnd - at)
    draft.originFile = text.slice(idEnd + 1, colon)
    draft.originLine = lineNumber
    draft.message = text.slice(close + 2)
    draft.dataset = 'klog'
    acceptTimestamp(line, draft, timestamp, 1, timeEnd)
    return true
  },
}

const placeCharsMax = 300
