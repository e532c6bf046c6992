/** What functions have logged lately in this process. */
export interface FunctionLogs {
  /** Lines of a function, oldest first; of those that fit, the newest. Empty also for a function that never logged. */
  read(functionName: string, query: FunctionLogQuery): FunctionLogPage
}

export interface FunctionLogQuery {
  /** Lines after this one alone; 0 for all that are kept. */
  readonly after: number
  /** Lines from this time on, milliseconds since the epoch. */
  readonly since?: number
  readonly limit: number
}

export interface FunctionLogPage {
  readonly lines: readonly FunctionLogEntry[]
  /** Lines after `after` that are not kept any more, or did not fit. */
  readonly missed: number
  /** To go on after, also where there are no lines. */
  readonly next: number
}

export interface FunctionLogEntry {
  /** Counts the lines of a function from 1 on, since the process began. */
  readonly sequence: number
  /** Milliseconds since the epoch. */
  readonly timestamp: number
  /** Left out for what was logged outside of any invocation. */
  readonly requestId?: string
  readonly logStreamName: string
  readonly line: string
}
