import type { Answer, InvokeRequest } from '../protocol.ts'

/** A function that has been initialised in its environment. */
export interface LoadedFunction {
  /** Always resolves: what a handler throws is an answer. `log` writes an ERROR line. */
  invoke(request: InvokeRequest, log: (message: string) => void): Promise<Answer>
  /** The signal of an invocation is to be aborted. */
  abort?(id: number, reason: string): void
  /** The event loop has nothing left to do while invocations are under way. */
  loopEmpty?(): void
  /** Whether an empty event loop means something: then the port does not keep the loop alive while an invocation runs. */
  readonly waitsForLoop: boolean
  dispose?(): Promise<void> | void
}
