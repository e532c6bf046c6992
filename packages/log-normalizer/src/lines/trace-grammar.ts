import { isGoFunction, isGroupLine, isUneventful, looksLogged, opensProperties, TraceLine } from './trace-line.ts'

/** How far into a trace the lines of a record have come. */
export const TraceState = {
  /** A line that is no trace yet. */
  plain: 0,
  /** An exception's name and message, which may have several lines; its frames are expected. */
  message: 1,
  /** As `message`, above the line that names the error: the place and source line that Node prints first. */
  place: 2,
  frames: 3,
  /** Inside of the braces that Node prints behind an error's frames. */
  properties: 4,
  pythonFrames: 5,
  pythonGroup: 6,
  /** Behind the line that names the exception. */
  pythonMessage: 7,
  /** Behind "During handling of …": a further traceback is expected. */
  pythonChain: 8,
  goStack: 9,
  /** Nothing can follow. */
  ended: 10,
} as const
export type TraceState = (typeof TraceState)[keyof typeof TraceState]

/** Whether a line belongs to the record above it: surely, if a later line says so, or not. */
export interface TraceStep {
  readonly verdict: 'commit' | 'tentative' | 'break'
  readonly state: TraceState
}

const broken: TraceStep = { verdict: 'break', state: TraceState.plain }
const commits: readonly TraceStep[] = Object.values(TraceState).map((state) => ({ verdict: 'commit', state }))
const tentatives: readonly TraceStep[] = Object.values(TraceState).map((state) => ({ verdict: 'tentative', state }))
const commit = (state: TraceState): TraceStep => commits[state] as TraceStep
const tentative = (state: TraceState): TraceStep => tentatives[state] as TraceStep

/** The state of a record that begins with this line. */
export function beginTrace(kind: TraceLine, line: Uint8Array): TraceState {
  switch (kind) {
    case TraceLine.exception:
    case TraceLine.fatal:
    case TraceLine.cause:
      return TraceState.message
    case TraceLine.place:
      return TraceState.place
    case TraceLine.frame:
    case TraceLine.elided:
      return afterFrame(line)
    case TraceLine.traceback:
    case TraceLine.pythonFile:
      return afterTraceback(line)
    case TraceLine.goroutine:
      return TraceState.goStack
    default:
      return TraceState.plain
  }
}

/**
 * What a line is to the record above it, whose first line is `first`. `waiting` is the last of the lines that wait behind the record for a line to say that they belong to it.
 */
export function stepTrace(
  state: TraceState,
  kind: TraceLine,
  line: Uint8Array,
  first: Uint8Array,
  waiting: Uint8Array | undefined,
): TraceStep {
  switch (state) {
    case TraceState.plain:
      return afterPlain(kind, line, first)
    case TraceState.message:
    case TraceState.place:
      return afterMessage(state, kind, line)
    case TraceState.frames:
      return afterFrames(kind, line, waiting)
    case TraceState.properties:
      return afterProperties(kind, line)
    case TraceState.pythonFrames:
      return afterPythonFrames(kind, line)
    case TraceState.pythonGroup:
      return isGroupLine(line) ? commit(TraceState.pythonGroup) : afterPythonMessage(kind, line, waiting)
    case TraceState.pythonMessage:
      return afterPythonMessage(kind, line, waiting)
    case TraceState.pythonChain:
      if (kind === TraceLine.blank) return commit(TraceState.pythonChain)
      return kind === TraceLine.traceback ? commit(afterTraceback(line)) : broken
    case TraceState.goStack:
      return afterGoLine(kind, line)
    default:
      return broken
  }
}

function afterPlain(kind: TraceLine, line: Uint8Array, first: Uint8Array): TraceStep {
  switch (kind) {
    case TraceLine.frame:
    case TraceLine.elided:
      return commit(afterFrame(line))
    case TraceLine.exception:
    case TraceLine.cause:
      // A logger prints the exception below its own line; without one the exception stands for itself.
      return looksLogged(first) ? tentative(TraceState.message) : broken
    case TraceLine.traceback:
      return looksLogged(first) && !isUneventful(first) ? commit(afterTraceback(line)) : broken
    case TraceLine.goroutine:
      return isUneventful(first) ? broken : commit(TraceState.goStack)
    default:
      return broken
  }
}

function afterMessage(state: TraceState, kind: TraceLine, line: Uint8Array): TraceStep {
  switch (kind) {
    case TraceLine.frame:
    case TraceLine.elided:
      return commit(afterFrame(line))
    case TraceLine.goroutine:
      return commit(TraceState.goStack)
    case TraceLine.exception:
      return state === TraceState.place ? tentative(TraceState.message) : broken
    case TraceLine.json:
    case TraceLine.traceback:
    case TraceLine.fatal:
    case TraceLine.place:
      return broken
    default:
      return state === TraceState.message && looksLogged(line) ? broken : tentative(state)
  }
}

function afterFrames(kind: TraceLine, line: Uint8Array, waiting: Uint8Array | undefined): TraceStep {
  if (kind === TraceLine.blank) return waiting === undefined ? tentative(TraceState.frames) : broken
  if (waiting !== undefined) return kind === TraceLine.nodeVersion ? commit(TraceState.ended) : broken
  if (kind === TraceLine.frame || kind === TraceLine.elided) return commit(afterFrame(line))
  return kind === TraceLine.cause ? commit(TraceState.message) : broken
}

function afterProperties(kind: TraceLine, line: Uint8Array): TraceStep {
  if (kind === TraceLine.closing) return commit(TraceState.frames)
  const first = line[0]
  return first === 0x20 || first === 0x09 ? commit(TraceState.properties) : broken
}

function afterPythonFrames(kind: TraceLine, line: Uint8Array): TraceStep {
  if (line[0] === 0x20) return commit(isGroupLine(line) ? TraceState.pythonGroup : TraceState.pythonFrames)
  // The first line that is not indented names the exception, whatever it is called.
  if (kind === TraceLine.exception) return commit(TraceState.pythonMessage)
  return kind === TraceLine.ordinary && !looksLogged(line) ? commit(TraceState.pythonMessage) : broken
}

function afterPythonMessage(kind: TraceLine, line: Uint8Array, waiting: Uint8Array | undefined): TraceStep {
  if (kind === TraceLine.pythonChain) return commit(TraceState.pythonChain)
  if (kind === TraceLine.blank) return waiting === undefined ? tentative(TraceState.pythonMessage) : broken
  if (waiting?.byteLength === 0) return broken
  // Further lines of the message: validators print an indented list below a heading.
  if (kind === TraceLine.indented) return commit(TraceState.pythonMessage)
  return kind === TraceLine.ordinary && !looksLogged(line) ? tentative(TraceState.pythonMessage) : broken
}

function afterGoLine(kind: TraceLine, line: Uint8Array): TraceStep {
  if (kind === TraceLine.goroutine || line[0] === 0x09) return commit(TraceState.goStack)
  return kind === TraceLine.blank || isGoFunction(line) ? tentative(TraceState.goStack) : broken
}

function afterFrame(line: Uint8Array): TraceState {
  return opensProperties(line) ? TraceState.properties : TraceState.frames
}

function afterTraceback(line: Uint8Array): TraceState {
  return isGroupLine(line) ? TraceState.pythonGroup : TraceState.pythonFrames
}
