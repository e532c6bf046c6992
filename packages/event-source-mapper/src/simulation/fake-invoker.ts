import type {
  InvocationResult,
  InvokeOptions,
  Invoker,
  Payload,
  Permit,
  RecordOutcome,
  ReplayMode,
  TumblingWindow,
} from '@millrace/function'
import type { RecordSource, StreamRecord } from '@millrace/stream'

/** One invocation, as the test's handler sees it. */
export interface FakeInvocation {
  readonly source: RecordSource
  readonly records: readonly StreamRecord[]
  readonly signal: AbortSignal
  readonly window: TumblingWindow | undefined
  readonly replay: ReplayMode | undefined
}

export type FakeFunction = (invocation: FakeInvocation) => Promise<InvocationResult>

/** Runs a function of the test in place; counts executions and permits. */
export class FakeInvoker implements Invoker {
  handler: FakeFunction
  /** Called for each permit; may throw, may take its time. */
  beforePermit: (signal: AbortSignal) => Promise<void> = () => Promise.resolve()
  onAcquire: (functionName: string) => void = () => undefined
  active = 0
  activeMost = 0
  permits = 0

  constructor(handler: FakeFunction) {
    this.handler = handler
  }

  async acquire(functionName: string, signal: AbortSignal): Promise<Permit> {
    this.onAcquire(functionName)
    await this.beforePermit(signal)
    this.permits++
    let released = false
    const release = (): void => {
      if (!released) this.permits--
      released = true
    }
    return { functionName, release }
  }

  async invoke(_functionName: string, payload: Payload, options: InvokeOptions = {}): Promise<InvocationResult> {
    if (payload.kind !== 'records' || options.signal === undefined) throw new Error('The mapper sends records, and a signal.')
    this.activeMost = Math.max(this.activeMost, ++this.active)
    try {
      const { source, records, window, replay } = payload
      return await this.handler({ source, records, window, replay, signal: options.signal })
    } finally {
      this.active--
    }
  }
}

const invocation = { requestId: 'r', report: { durationMs: 1, billedDurationMs: 1, memorySizeMb: 128, maxMemoryUsedMb: 1 }, logTail: '' }

export function outcomes(list: readonly RecordOutcome[]): InvocationResult {
  return { ...invocation, kind: 'outcomes', outcomes: list }
}

/** Every record is settled. */
export function allSettled(records: readonly StreamRecord[]): InvocationResult {
  return outcomes(records.map(() => ({ outcome: 'settled' })))
}

export function failure(errorMessage = 'broken'): InvocationResult {
  return { ...invocation, kind: 'failure', errorType: 'Error', errorMessage, trace: [] }
}

/** What a Lambda handler returned. */
export function returned(value: unknown): InvocationResult {
  return { ...invocation, kind: 'success', json: JSON.stringify(value) ?? 'null' }
}
