import { acceptTimestamp } from '../accept-timestamp.ts'
import type { Draft } from '../draft.ts'
import type { LineFormat } from '../line-format.ts'
import { knownLevel } from '../log-level.ts'

/**
 * Any text behind a timestamp, which may stand in brackets: `2026-11-21 09:31:00 message`. A process id in brackets (PostgreSQL), a level and a
 * logger are taken up where they stand next.
 */
export const timestamped: LineFormat = {
  name: 'timestamped',
  parse(line, draft) {
    const { text, scanner } = line
    const start = text.charCodeAt(0) === 91 ? 1 : 0
    const timestamp = scanner.any(text, start)
    if (Number.isNaN(timestamp)) return false
    const timeEnd = scanner.end
    const next = text.charCodeAt(timeEnd)
    const ends =
      start === 1 ? next === 93 : timeEnd === text.length || next <= 32 || next === 58 || next === 44 || next === 59 || next === 124
    if (!ends) return false
    const bodyStart = start === 1 || next > 32 ? timeEnd + 1 : timeEnd
    draft.message = text.slice(takeHead(text, bodyStart, draft))
    if (draft.message === '') draft.message = text
    acceptTimestamp(line, draft, timestamp, start, timeEnd)
    return true
  },
}

const processPattern = /\s{0,4}\[(\d{1,10})\](?=\s)/y
const levelPattern = /\s{0,4}[[<(|]?\s{0,4}([A-Za-z]{3,13})\s{0,4}([\])>|]:?|:|(?=\s))/y
const loggerPattern = /\s{0,4}\[?([A-Za-z_][\w.$/-]{0,199})\]?:(?=\s)/y

/** Answers where the message starts. */
function takeHead(text: string, start: number, draft: Draft): number {
  let at = start
  const processId = matchAt(processPattern, text, at)
  if (processId !== null) {
    draft.pid = Number(processId[1])
    at = processPattern.lastIndex
  }
  const word = matchAt(levelPattern, text, at)
  const level = word === null ? undefined : wordLevel(word[1] as string, word[2] as string)
  if (level !== undefined) {
    draft.level = level
    at = levelPattern.lastIndex
    const logger = matchAt(loggerPattern, text, at)
    if (logger !== null) {
      draft.logger = logger[1]
      at = loggerPattern.lastIndex
    }
  }
  // A process id without a level is more likely a number of the message.
  if (processId !== null && level === undefined) {
    draft.pid = undefined
    at = start
  }
  return skipSeparator(text, at)
}

/** In lower case and without a mark behind it, a word such as "error" or "config" begins a sentence as well. */
function wordLevel(word: string, mark: string): string | undefined {
  return mark !== '' || word === word.toUpperCase() ? knownLevel(word) : undefined
}

function skipSeparator(text: string, start: number): number {
  let at = start
  while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at++
  if (text.charCodeAt(at) === 45 && text.charCodeAt(at + 1) === 32) at += 2
  while (text.charCodeAt(at) === 32) at++
  return at
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}
