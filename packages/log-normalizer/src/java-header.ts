import { knownLevel } from './log-level.ts'

export interface JavaHeader {
  readonly level: string
  readonly logger: string | undefined
  readonly thread: string | undefined
  readonly processId: number | undefined
  /** What stands in further brackets, e.g. an application's name or a correlation id. */
  readonly others: readonly string[]
  /** Where the message starts. */
  readonly end: number
}

const elementsMax = 8
const elementCharsMax = 200

/**
 * Reads level, thread, logger and process id behind a timestamp. `bracketed` says that the timestamp stood in brackets: then what follows the level in brackets, without
 * a blank in between, is the logger (Elasticsearch). Undefined if this is not the header of a Java line.
 */
export function readJavaHeader(text: string, start: number, bracketed: boolean): JavaHeader | undefined {
  let level: string | undefined
  let logger: string | undefined
  let processId: number | undefined
  const threads: string[] = []
  let at = start
  let separated = false
  for (let count = 0; count < elementsMax && !separated; count++) {
    const adjacent = text.charCodeAt(at) === 91
    at = skipBlanks(text, at)
    if (text.charCodeAt(at) === 91) {
      if (level !== undefined && logger !== undefined) break
      const close = text.indexOf(']', at)
      if (close < 0 || close - at > elementCharsMax) break
      const inner = text.slice(at + 1, close).trim()
      if (level === undefined && knownLevel(inner) !== undefined) level = knownLevel(inner)
      else if (bracketed && adjacent && level !== undefined) logger = inner
      else if (inner !== '') threads.push(inner)
      at = close + 1
      continue
    }
    const end = wordEnd(text, at)
    if (end < 0) break
    const word = text.slice(at, end)
    if (isSeparator(word)) separated = level !== undefined && word !== '---'
    else if (level === undefined && knownLevel(word) !== undefined) level = knownLevel(word)
    else if (level !== undefined && /^\d{1,10}$/.test(word) && text.startsWith(' --- ', end)) processId = Number(word)
    else if (level !== undefined && logger === undefined && isLogger(word) && (word.endsWith(':') || separatorFollows(text, end))) {
      logger = word.endsWith(':') ? word.slice(0, -1) : word
      separated = word.endsWith(':')
    } else break
    at = end
  }
  if (level === undefined) return undefined
  at = skipBlanks(text, at)
  const thread = threads.pop()
  logger ??= trailingLogger(text, at)
  return thread !== undefined || logger?.includes('.') === true ? { level, logger, thread, processId, others: threads, end: at } : undefined
}

function skipBlanks(text: string, at: number): number {
  while (text.charCodeAt(at) === 32) at++
  return at
}

/** Where the word at a place ends; -1 if it is too long for a header or is the end of the text. */
function wordEnd(text: string, at: number): number {
  let end = at
  while (end < at + elementCharsMax && text.charCodeAt(end) > 32) end++
  return end === at || end === at + elementCharsMax ? -1 : end
}

function isSeparator(word: string): boolean {
  return word === '-' || word === '--' || word === '---' || word === ':'
}

function isLogger(word: string): boolean {
  return /^[A-Za-z_][\w.$/@-]*:?$/.test(word)
}

/** Blanks that pad the logger, then ` - `, ` -- ` or ` : `. */
function separatorFollows(text: string, end: number): boolean {
  const at = skipBlanks(text, end)
  const after = wordEnd(text, at)
  return after > 0 && after - at <= 2 && isSeparator(text.slice(at, after))
}

/** Kafka's layout has the logger behind the message: `message (kafka.server.KafkaServer)`, in front of a stack trace's line break. */
function trailingLogger(text: string, at: number): string | undefined {
  const lineBreak = text.indexOf('\n', at)
  const end = lineBreak < 0 ? text.length : lineBreak
  if (text.charCodeAt(end - 1) !== 41) return undefined
  const open = text.lastIndexOf('(', end)
  const inner = open < at || end - open > elementCharsMax ? '' : text.slice(open + 1, end - 1)
  return /^[a-z_]\w*(?:\.\w+)*\.[A-Za-z$]\w*$/.test(inner) ? inner : undefined
}
