import type { InvocationResult, Payload, RecordOutcome } from '@millrace/function'
import type { FunctionMeter } from './function-meter.ts'
import { LogTail } from './log-tail.ts'
import type { Answer, ErrorPayload } from './protocol.ts'
import { invocationReport, reportLine, type ReportStatus } from './report-line.ts'

/** One event of a function's log. */
export interface FunctionLogLine {
  readonly functionName: string
  /** Undefined for what was written outside of any invocation, e.g. during initialisation. */
  readonly requestId: string | undefined
  readonly logStreamName: string
  /** Milliseconds since the epoch. */
  readonly timestamp: number
  /** Without a line end; what one call of `console` wrote is one event, also where it has several lines. */
  readonly line: string
}

/** What an invocation ran with and took. */
export interface InvocationFigures {
  readonly durationMs: number
  readonly memorySizeMb: number
  readonly memoryBytes: number
  /** Of the environment's initialisation, where the invocation waited for it. */
  readonly initDurationMs: number | undefined
}

/** Why an invocation ended without an answer of its own. */
export type Verdict =
  | { readonly kind: 'failure'; readonly error: ErrorPayload; readonly report: ReportStatus }
  /** The caller gave up. */
  | { readonly kind: 'reject'; readonly reason: unknown }

const settled: RecordOutcome = Object.freeze({ outcome: 'settled' })

/** An invocation from its acceptance to its result: its log, its report, and the promise of its caller. */
export class Invocation {
  readonly requestId: string
  readonly payload: Payload
  readonly signal: AbortSignal | undefined
  readonly result: Promise<InvocationResult>
  readonly #meter: FunctionMeter
  readonly #tail = new LogTail()
  readonly #resolve: (result: InvocationResult) => void
  readonly #reject: (reason: unknown) => void
  #write: ((line: string) => void) | undefined

  constructor(requestId: string, payload: Payload, signal: AbortSignal | undefined, meter: FunctionMeter) {
    this.requestId = requestId
    this.payload = payload
    this.signal = signal
    this.#meter = meter
    const { promise, resolve, reject } = Promise.withResolvers<InvocationResult>()
    this.result = promise
    this.#resolve = resolve
    this.#reject = reject
  }

  /** Begins in an environment; `write` gets what belongs to the function's log. */
  start(write: ((line: string) => void) | undefined): void {
    this.#write = write
    this.log(`START RequestId: ${this.requestId} Version: $LATEST`)
  }

  log(line: string): void {
    this.#tail.add(line)
    this.#write?.(line)
  }

  /** Refuses an invocation that has not started. */
  reject(reason: unknown): void {
    this.#reject(reason)
  }

  answer(answer: Answer, figures: InvocationFigures): void {
    if (answer.kind === 'failure') {
      this.#fail(answer.error, figures, undefined)
      return
    }
    const ended = this.#end(figures, undefined)
    if (answer.kind === 'success') this.#resolve({ kind: 'success', json: answer.json, ...ended })
    else this.#resolve({ kind: 'outcomes', outcomes: allOutcomes(answer.count, answer.others), ...ended })
  }

  end(verdict: Verdict, figures: InvocationFigures): void {
    if (verdict.kind === 'failure') this.#fail(verdict.error, figures, verdict.report)
    else {
      this.#end(figures, { status: 'error', errorType: 'Millrace.Aborted' })
      this.#reject(verdict.reason)
    }
  }

  #fail(error: ErrorPayload, figures: InvocationFigures, status: ReportStatus | undefined): void {
    this.#meter.errors++
    if (status?.status === 'timeout') this.#meter.timeouts++
    this.#resolve({ kind: 'failure', ...error, ...this.#end(figures, status) })
  }

  #end(
    figures: InvocationFigures,
    status: ReportStatus | undefined,
  ): { requestId: string; report: ReturnType<typeof invocationReport>; logTail: string } {
    const report = invocationReport(figures.durationMs, figures.initDurationMs, figures.memorySizeMb, figures.memoryBytes)
    this.#meter.recordInvocation(report)
    this.log(`END RequestId: ${this.requestId}`)
    this.log(reportLine(this.requestId, report, status))
    return { requestId: this.requestId, report, logTail: this.#tail.toString() }
  }
}

function allOutcomes(count: number, others: readonly (readonly [number, RecordOutcome])[]): RecordOutcome[] {
  const outcomes = Array.from<RecordOutcome>({ length: count }).fill(settled)
  for (const [index, outcome] of others) outcomes[index] = outcome
  return outcomes
}
