import type { Clock } from './clock.ts'
import type { FunctionLogLine } from './invocation.ts'
import type { SourceServer } from './source-server.ts'

/** What every environment of a runtime is given, and the limits on its waits. */
export interface RuntimeServices {
  readonly clock: Clock
  readonly sources: SourceServer
  readonly requestId: () => string
  readonly onLog: ((line: FunctionLogLine) => void) | undefined
  readonly hostVariables: Readonly<Record<string, string | undefined>>
  readonly initTimeoutMs: number
  /** How long a native handler may take to answer once its signal is aborted. */
  readonly abortGraceMs: number
  readonly disposeGraceMs: number
  /** How long a thread that is killed may take to be gone before its invocations are answered all the same. */
  readonly terminateGraceMs: number
  /** Between two looks at the memory of a busy environment. */
  readonly memoryCheckMs: number
  /** Environments of one function that start at the same time. */
  readonly startsMax: number
  /** New environments of one function on demand; may be infinite. */
  readonly scaleOutPer10Seconds: number
}
