export interface StackTrace {
  /** Where in the text the trace starts: the exception itself, or what introduces it. */
  readonly start: number
  readonly type: string | undefined
  readonly message: string | undefined
}

/**
 * Finds a stack trace of Java (and .NET, which looks alike), Node, Python or Go in a text of several lines. Undefined if there is none. Looks at each line
 * once.
 */
export function findStackTrace(text: string): StackTrace | undefined {
  return findPython(text) ?? findGo(text) ?? findFrames(text)
}

const headCharsMax = 400
const exceptionPattern = /(?:^|[ \t])((?:[A-Za-z_$][\w$]*[./])*[A-Za-z_$][\w$]*)(?: \[[\w-]{1,100}\])?(?::(?=[ \n]|$)|$)/g

/** `package.Exception: message`, then frames that start with `at`. Text may stand in front, on the same line or on lines of its own. */
function findFrames(text: string): StackTrace | undefined {
  const frame = firstFrame(text)
  if (frame < 0) return undefined
  // The exception is the last line in front of the frames that looks like one: its message may run over several.
  for (let end = frame; end >= 0; end = lineBreakBefore(text, end)) {
    const lineStart = lineBreakBefore(text, end) + 1
    const found = exceptionIn(text.slice(lineStart, Math.min(end, lineStart + headCharsMax)))
    if (found !== undefined) {
      const start = lineStart + found.start
      return { start, type: found.type, message: trimmed(text.slice(lineStart + found.messageStart, frame)) }
    }
    if (lineStart === 0) break
  }
  return { start: frame + 1, type: undefined, message: undefined }
}

/** Where the last line break in front of a place stands; -1 without one. (`lastIndexOf` takes a negative place for 0.) */
function lineBreakBefore(text: string, at: number): number {
  return at <= 0 ? -1 : text.lastIndexOf('\n', at - 1)
}

function exceptionIn(line: string): { readonly start: number; readonly messageStart: number; readonly type: string } | undefined {
  for (const match of line.matchAll(exceptionPattern)) {
    const type = match[1] as string
    // What introduces an uncaught exception belongs to the trace.
    const start = /^(?:Exception in thread |Uncaught |Unhandled exception\. )/.test(line) ? 0 : line.indexOf(type, match.index)
    if (isExceptionName(type)) return { start, messageStart: match.index + match[0].length, type }
  }
  return undefined
}

/** Where the line break stands in front of the first `at` frame; -1 without one. */
function firstFrame(text: string): number {
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    let inner = at + 1
    while (text.charCodeAt(inner) === 32 || text.charCodeAt(inner) === 9) inner++
    if (inner > at + 1 && text.startsWith('at ', inner)) return at
  }
  return -1
}

/** A class's name: qualified, or ending as such names do. */
function isExceptionName(name: string): boolean {
  return (
    name.length <= 300 &&
    (/(?:Error|Exception|Throwable|Failure|Fault|Warning|Abort|Interrupt)$/.test(name) ||
      /^[a-z][\w$]*(?:\.[\w$]+)*\.[A-Z][\w$]*$/.test(name))
  )
}

const pythonHead = 'Traceback (most recent call last):'

/** The exception stands last, behind indented frames: `ValueError: message`. */
function findPython(text: string): StackTrace | undefined {
  const start = text.indexOf(pythonHead)
  if (start < 0) return undefined
  // Chained exceptions: the last one is what was not caught.
  let at = text.lastIndexOf(pythonHead)
  for (;;) {
    const next = text.indexOf('\n', at)
    if (next < 0) return { start, type: undefined, message: undefined }
    const code = text.charCodeAt(next + 1)
    if (code !== 32 && code !== 9 && code !== 10) {
      at = next + 1
      break
    }
    at = next + 1
  }
  const line = text.slice(at, at + 300)
  const name = /^[A-Za-z_][\w.]*/.exec(line)?.[0]
  if (name === undefined) return { start, type: undefined, message: undefined }
  const rest = text.slice(at + name.length)
  return { start, type: name, message: rest.startsWith(': ') ? trimmed(rest.slice(2)) : undefined }
}

const goPanic = /(?:^|\n)(panic|fatal error): /

/** `panic: message`, and then `goroutine 1 [running]:`. */
function findGo(text: string): StackTrace | undefined {
  if (!text.includes('\ngoroutine ')) return undefined
  const match = goPanic.exec(text)
  if (match === null) return undefined
  const start = match.index + (match[0].startsWith('\n') ? 1 : 0)
  const messageStart = match.index + match[0].length
  const end = text.indexOf('\n', messageStart)
  return { start, type: match[1], message: trimmed(text.slice(messageStart, end < 0 ? text.length : end)) }
}

function trimmed(text: string): string | undefined {
  const inner = text.trim()
  return inner === '' ? undefined : inner
}
