import { acceptTimestamp } from '../accept-timestamp.ts'
import type { Draft } from '../draft.ts'
import { readJavaHeader } from '../java-header.ts'
import type { Line, LineFormat } from '../line-format.ts'
import { knownLevel } from '../log-level.ts'
import { isDigit } from '../time/digits.ts'

/**
 * Layouts of log4j, logback, java.util.logging and their users (Spring Boot, Kafka, Elasticsearch, Tomcat): a timestamp, then level, `[thread]` and logger in any order, then the
 * message behind `:`, `-` or `--`. A level alone does not make a line Java's: a thread or a logger with dots has to be there.
 */
export const java: LineFormat = {
  name: 'java',
  parse(line, draft) {
    const { text, scanner } = line
    const bracketed = text.charCodeAt(0) === 91
    const start = bracketed && isDigit(text.charCodeAt(1)) ? 1 : 0
    const timestamp = scanner.any(text, start)
    const hasTime = !Number.isNaN(timestamp)
    let at = 0
    if (hasTime) {
      at = scanner.end
      if (start === 1 && text.charCodeAt(at++) !== 93) return false
    } else if (readTwoLines(line, draft)) return true
    const timeEnd = scanner.end
    const header = readJavaHeader(text, at, start === 1)
    if (header === undefined) return false
    draft.level = header.level
    draft.logger = header.logger
    draft.threadName = header.thread
    draft.pid = header.processId
    for (const other of header.others) draft.label('context', other)
    draft.message = text.slice(header.end)
    draft.dataset = 'java'
    if (hasTime) acceptTimestamp(line, draft, timestamp, start, timeEnd)
    return true
  },
}

const julStart = /([A-Z][a-z]{2}) (\d{1,2}), (\d{4}) (\d{1,2})(:\d{2}:\d{2}) ([AP]M) ([\w.$]{1,200}) (\S{1,200})\n([A-Z]{4,7}): /y

/** java.util.logging as it comes: `Nov 21, 2026 9:31:00 AM org.example.Main run`, and on the next line `INFO: message`. */
function readTwoLines(line: Line, draft: Draft): boolean {
  julStart.lastIndex = 0
  const match = julStart.exec(line.text)
  const level = match === null ? undefined : knownLevel(match[9] as string)
  if (match === null || level === undefined) return false
  const [, month = '', day = '', year = '', hour = '', rest = '', half = ''] = match
  const hours = (Number(hour) % 12) + (half === 'PM' ? 12 : 0)
  const timestamp = line.scanner.dayFirst(`${day.padStart(2, '0')}-${month}-${year} ${hours}${rest}`, 0)
  if (Number.isNaN(timestamp)) return false
  draft.level = level
  draft.logger = match[7]
  draft.originFunction = match[8]
  draft.message = line.text.slice(julStart.lastIndex)
  draft.dataset = 'java'
  acceptTimestamp(line, draft, timestamp, 0, line.text.indexOf('M ') + 1)
  return true
}
