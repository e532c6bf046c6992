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

const charsMax = 1_000
const exceptionPattern =
  /(?:Exception in thread "[^"\n]{0,200}" |Caused by: |Uncaught |Unhandled exception\. )?((?:[A-Za-z_$][\w$]*[./:])*[A-Za-z_$][\w$]*)(?: \[[\w-]{1,100}\])?(?:: ?|$|(?=\n))/y

/** `package.Exception: message`, then frames that start with `at`. Text may stand in front, on lines of its own. */
function findFrames(text: string): StackTrace | undefined {
  const frame = firstFrame(text)
  if (frame < 0) return undefined
  let start = -1
  let exception: RegExpExecArray | undefined
  // The exception is the last line in front of the frames that looks like one: its message may run over several.
  for (let lineStart = text.lastIndexOf('\n', frame - 1); ; lineStart = text.lastIndexOf('\n', lineStart - 1)) {
    exceptionPattern.lastIndex = lineStart + 1
    const match = exceptionPattern.exec(text)
    if (match !== null && isExceptionName(match[1] as string)) {
      start = lineStart + 1
      exception = match
      break
    }
    if (lineStart <= 0) break
  }
  if (exception === undefined)
    return {
      start: text.indexOf('\n') < frame ? Math.max(0, text.lastIndexOf('\n', frame - 1) + 1) : frame,
      type: undefined,
      message: undefined,
    }
  const messageEnd = Math.min(frame, start + exception[0].length + charsMax * 100)
  return { start, type: exception[1], message: trimmed(text.slice(start + exception[0].length, messageEnd)) }
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
  if (
    start < 0 ||
    (start > 0 && text.charCodeAt(start - 1) !== 10 && text.lastIndexOf('\n', start) >= 0 && text.lastIndexOf('\n', start) < start - 40)
  )
    return undefined
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
