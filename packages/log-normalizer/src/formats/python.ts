import { acceptTimestamp } from '../accept-timestamp.ts'
import type { Draft } from '../draft.ts'
import type { Line, LineFormat } from '../line-format.ts'
import { knownLevel } from '../log-level.ts'
import { isDigit } from '../time/digits.ts'

/**
 * Layouts that Python's logging has in the wild: `INFO:name:message`, `2026-11-21 09:31:00,123 - name - INFO - message`, `[2026-11-21 09:31:00 +0000] [12] [INFO] message`
 * (gunicorn), `[2026-11-21 09:31:00,123] INFO in module: message` (Flask), `INFO:     message` (uvicorn), `INFO 2026-11-21 09:31:00,123 module 12 140 message` (Django).
 */
export const python: LineFormat = {
  name: 'python',
  parse(line, draft) {
    const read = isDigit(line.text.charCodeAt(0)) ? readDashed : line.text.charCodeAt(0) === 91 ? readBracketed : readLevelFirst
    if (!read(line, draft)) return false
    draft.dataset = 'python'
    return true
  },
}

const dashed = / - ([^\s[\]]{1,200}) - ([A-Z]{4,8}) - /y
const bracketed = /\] \[(\d{1,10})\] \[([A-Z]{4,8})\] /y
const inModule = /\] ([A-Z]{4,8}) in ([\w.]{1,200}): /y
const basic = /([A-Z]{4,8}):([^\s:]{1,200}):/y
const uvicorn = /([A-Z]{4,8}): {3,7}(?=\S)/y
const djangoHead = /([A-Z]{4,8}) (?=\d{4}-)/y
const djangoTail = / ([\w.]{1,200}) (\d{1,10}) (\d{1,15}) /y

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

function readDashed(line: Line, draft: Draft): boolean {
  const timestamp = line.scanner.iso(line.text, 0)
  if (Number.isNaN(timestamp)) return false
  const timeEnd = line.scanner.end
  const match = matchAt(dashed, line.text, timeEnd)
  const level = match === null ? undefined : knownLevel(match[2] as string)
  if (match === null || level === undefined) return false
  draft.logger = match[1]
  return finish(line, draft, level, dashed.lastIndex, timestamp, 0, timeEnd)
}

function readBracketed(line: Line, draft: Draft): boolean {
  const timestamp = line.scanner.iso(line.text, 1)
  if (Number.isNaN(timestamp)) return false
  const timeEnd = line.scanner.end
  const gunicorn = matchAt(bracketed, line.text, timeEnd)
  const flask = gunicorn === null ? matchAt(inModule, line.text, timeEnd) : null
  const level = knownLevel(gunicorn?.[2] ?? flask?.[1] ?? '')
  if (level === undefined) return false
  if (gunicorn !== null) draft.pid = Number(gunicorn[1])
  else draft.logger = flask?.[2]
  return finish(line, draft, level, gunicorn === null ? inModule.lastIndex : bracketed.lastIndex, timestamp, 1, timeEnd)
}

function readLevelFirst(line: Line, draft: Draft): boolean {
  const { text } = line
  const match = matchAt(basic, text, 0) ?? matchAt(uvicorn, text, 0) ?? matchAt(djangoHead, text, 0)
  const level = match === null ? undefined : knownLevel(match[1] as string)
  if (match === null || level === undefined) return false
  const end = match[0].length
  if (text.charCodeAt(end - 1) !== 32 || match[0].includes(':')) {
    draft.logger = match[2]
    return finish(line, draft, level, end, Number.NaN, 0, 0)
  }
  const timestamp = line.scanner.iso(text, end)
  const timeEnd = line.scanner.end
  const origin = Number.isNaN(timestamp) ? null : matchAt(djangoTail, text, timeEnd)
  if (origin === null) return false
  draft.logger = origin[1]
  draft.pid = Number(origin[2])
  draft.threadId = Number(origin[3])
  return finish(line, draft, level, djangoTail.lastIndex, timestamp, end, timeEnd)
}

function finish(
  line: Line,
  draft: Draft,
  level: string,
  messageStart: number,
  timestamp: number,
  timeStart: number,
  timeEnd: number,
): true {
  draft.level = level
  draft.message = line.text.slice(messageStart)
  acceptTimestamp(line, draft, timestamp, timeStart, timeEnd)
  return true
}
