/** What a line may be to a stack trace. Numbers, since every line is asked. */
export const TraceLine = {
  ordinary: 0,
  /** Begins with a brace: never part of a trace, and never the line that one belongs to. */
  json: 1,
  blank: 2,
  /** Whitespace, then anything that is none of the others. */
  indented: 3,
  /** `	at com.example.Main.run(Main.java:3)`, `    at run (/app/main.js:3:9)`, `   at Main.Run() in Main.cs:line 3`, `	from main.rb:3:in 'run'` */
  frame: 4,
  /** `	... 12 more`, `    ... 2 lines matching cause stack trace ...`, `   --- End of inner exception stack trace ---`, ` ---> System.Exception: …` */
  elided: 5,
  /** `Caused by: …`, `	Suppressed: …`, `Wrapped by: …` */
  cause: 6,
  /** `Traceback (most recent call last):`, `  + Exception Group Traceback (most recent call last):` */
  traceback: 7,
  /** `  File "main.py", line 3` without a traceback above it: a syntax error. */
  pythonFile: 8,
  /** `During handling of the above exception, …`, `The above exception was the direct cause …` */
  pythonChain: 9,
  /** `goroutine 1 [running]:` */
  goroutine: 10,
  /** `java.lang.IllegalStateException: …`, `TypeError: …`: an exception's name, alone or with a message. */
  exception: 11,
  /** `panic: …`, `fatal error: …`, `Exception in thread "main" …`, `Unhandled exception. …`: can only be the first line. */
  fatal: 12,
  /** `file:///app/main.js:3`: Node's place of an uncaught error. */
  place: 13,
  /** `}` or `]` at the very start, which ends the properties that Node prints after an error. */
  closing: 14,
  /** `Node.js v24.0.0`, below an uncaught error. */
  nodeVersion: 15,
} as const
export type TraceLine = (typeof TraceLine)[keyof typeof TraceLine]

const headBytesMax = 256
const tab = 0x09
const space = 0x20
const colon = 0x3a
const slash = 0x2f
const openBracket = 0x5b
const openBrace = 0x7b
const closeBrace = 0x7d
const closeBracket = 0x5d

/** The start of a line as text, one character a byte: enough to tell what it is. */
export function headOf(line: Uint8Array): string {
  return Buffer.from(line.buffer, line.byteOffset, Math.min(line.byteLength, headBytesMax)).toString('latin1')
}

/** Tells what a line may be to a trace. Most lines are told by their first byte or their first word. */
export function classifyTraceLine(line: Uint8Array): TraceLine {
  if (line.byteLength === 0) return TraceLine.blank
  const first = line[0] as number
  if (first === tab || first === space) return classifyIndented(line)
  if (first === openBrace) return TraceLine.json
  if (first === closeBrace || first === closeBracket) return line.byteLength <= 2 ? TraceLine.closing : TraceLine.ordinary
  if (first === slash) return endsWithNumber(line) && place.test(headOf(line)) ? TraceLine.place : TraceLine.ordinary
  const letter = first | space
  if (letter < 0x61 || letter > 0x7a) return TraceLine.ordinary
  return mayOpen(line, first) ? classifyWord(headOf(line)) : TraceLine.ordinary
}

/** Whether a line begins as one that a logger wrote: with a time, a level, a bracket or a field. Such a line is never the message of an exception. */
export function looksLogged(line: Uint8Array): boolean {
  return logged.test(headOf(line)) && !goSignal.test(headOf(line))
}

/** Whether a line came from a web server or a container runtime: such a line never has a trace behind it. */
export function standsAlone(line: Uint8Array): boolean {
  return alone.test(headOf(line))
}

/** Whether a line is of a level that traces do not follow. */
export function isUneventful(line: Uint8Array): boolean {
  const head = headOf(line)
  return uneventful.test(head) && !eventful.test(head)
}

/** Whether Node goes on with the properties of the error behind this frame. */
export function opensProperties(line: Uint8Array): boolean {
  return line.at(-1) === openBrace
}

/** Whether the line draws the tree of a Python exception group. */
export function isGroupLine(line: Uint8Array): boolean {
  return groupLine.test(headOf(line))
}

/** Whether the line is a function of a Go stack, or one of its other lines without indentation. */
export function isGoFunction(line: Uint8Array): boolean {
  return goFunction.test(headOf(line))
}

const level = 'TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|SEVERE|FATAL|CRITICAL|ALERT|EMERG'
const month = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec'
const logged = new RegExp(`^(?:[\\d[<{]|(?:${level})\\b|(?:${month}) +\\d|[IWEF]\\d{4} |(?:time|ts|t|level|lvl|msg)=)`)
const goSignal = /^\[signal /
const alone = /^\S+ \S+ (?:\S+ )?\[\d{1,2}\/[A-Z][a-z]{2}\/\d{4}:|^\d{4}-\d\d-\d\dT\S+ std(?:out|err) [FP] /
const uneventful = /\b(?:TRACE|DEBUG|INFO|NOTICE|trace|debug|info|notice)\b/
const eventful = /\b(?:WARN|ERROR|SEVERE|FATAL|CRITICAL|error|exception|[Ff]ailed|[Pp]anic|recovered)/
const groupLine = /^ +(?:\||\+[-+ ])/
const goFunction = /^(?:created by \S|\.\.\.additional frames elided|r\w+ +0x|[\w./*()·%[\]-]+\(.*\)$)/

const frame = /^\s+(?:at \S|from \S+:\d+:in )/
const elided = /^\s+(?:\.\.\. \d+ (?:more|common frames|lines matching)|\[CIRCULAR REFERENCE|---? ?(?:End of |> ))/
const causeIndented = /^\s+(?:Suppressed|Caused by): /
const causeStart = /^(?:Caused by|Wrapped by): /
const groupHead = /^ +\+ Exception Group Traceback \(/
const pythonFile = /^ {2}File ".*", line \d+/
const exceptionName =
  /^(?:Uncaught )?(?:[A-Za-z_$][\w$]*[./])*[A-Za-z_$][\w$]*(?:Exception|Error|Throwable|Failure|Interrupt|Exit|Warning)\w*(?: \[\w+\])?(?:: |:?$)/
const qualifiedName = /^(?:[a-z_][\w$]*\.)+[A-Z][\w$]*(?:: |:?$)/
const fatal = /^(?:panic: |fatal error: |Exception in thread |Unhandled exception[. ])/
const goroutine = /^(?:goroutine \d+ (?:gp=\S+ )?.*\[.*\]:$|runtime stack:$)/
const pythonChain = /^(?:During handling of the above exception|The above exception was the direct cause)/
const traceback = /^Traceback \(most recent call last\):/
const place = /^(?:\/|file:\/\/|node:)\S*:\d+$/
const nodeVersion = /^Node\.js v\d/

function classifyIndented(line: Uint8Array): TraceLine {
  const head = headOf(line)
  if (frame.test(head)) return TraceLine.frame
  if (elided.test(head)) return TraceLine.elided
  if (causeIndented.test(head)) return TraceLine.cause
  if (groupHead.test(head)) return TraceLine.traceback
  return pythonFile.test(head) ? TraceLine.pythonFile : TraceLine.indented
}

/** Whether the first word can be that of a trace: it ends the line or stands before a colon, or is one of a few. */
function mayOpen(line: Uint8Array, first: number): boolean {
  const length = Math.min(line.byteLength, headBytesMax)
  let end = 1
  while (end < length && isNameByte(line[end] as number)) end++
  if (end === length) return true
  const stop = line[end] as number
  if (stop === colon) return !(isUpperCase(line[1] as number) && isUpperCase(line[end - 1] as number))
  if (stop !== space) return false
  return openingWords[end]?.includes(first) === true || (end > 5 && line[end + 1] === openBracket)
}

/** First letters of the words that open a line of a trace and have a space behind them, by the length of the word. */
const openingWords: readonly (readonly number[] | undefined)[] = [
  'The',
  'fatal',
  'Caused',
  'During',
  'runtime',
  'Wrapped',
  'Node.js',
  'Uncaught',
  'Traceback',
  'Exception',
  'goroutine',
  'Unhandled',
].reduce<number[][]>((letters, word) => {
  ;(letters[word.length] ??= []).push(word.charCodeAt(0))
  return letters
}, [])

function classifyWord(head: string): TraceLine {
  if (causeStart.test(head)) return TraceLine.cause
  if (traceback.test(head)) return TraceLine.traceback
  if (fatal.test(head)) return TraceLine.fatal
  if (exceptionName.test(head) || qualifiedName.test(head)) return TraceLine.exception
  if (goroutine.test(head)) return TraceLine.goroutine
  if (pythonChain.test(head)) return TraceLine.pythonChain
  if (nodeVersion.test(head)) return TraceLine.nodeVersion
  return place.test(head) ? TraceLine.place : TraceLine.ordinary
}

/** Letters, digits, `_`, `$`, `.` and what is not ASCII. */
function isNameByte(byte: number): boolean {
  const letter = byte | space
  return (
    (letter >= 0x61 && letter <= 0x7a) || byte === 0x2e || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f || byte === 0x24 || byte >= 0x80
  )
}

function endsWithNumber(line: Uint8Array): boolean {
  const last = line.at(-1) as number
  return last >= 0x30 && last <= 0x39
}

function isUpperCase(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a
}
