import { AsyncLocalStorage } from 'node:async_hooks'
import type { MessagePort } from 'node:worker_threads'
import { logEventCharsMax, logFlowCharsMax } from '../protocol.ts'

/** The invocation that the running code belongs to. */
export interface CurrentInvocation {
  readonly id: number
  readonly requestId: string
  /** Text without a line end yet, by stream. */
  readonly partial: { stdout: string; stderr: string }
}

export const currentInvocation: AsyncLocalStorage<CurrentInvocation> = new AsyncLocalStorage()

/**
 * Sends log events to the runtime, each at once: what a handler wrote before it hung or died is there. A handler that writes faster than the
 * runtime takes it waits, as it would for a pipe.
 */
export class LogWriter {
  readonly #port: MessagePort
  readonly #flow: Int32Array

  constructor(port: MessagePort, flow: SharedArrayBuffer) {
    this.#port = port
    this.#flow = new Int32Array(flow)
  }

  write(id: number | undefined, text: string): void {
    const event = text.length > logEventCharsMax ? text.slice(0, logEventCharsMax) : text
    // A runtime that takes nothing for so long is ending: then lines are lost, not the environment.
    for (let waits = 0; waits < 10; waits++) {
      const underway = Atomics.load(this.#flow, 0)
      if (underway < logFlowCharsMax) break
      Atomics.wait(this.#flow, 0, underway, 100)
    }
    Atomics.add(this.#flow, 0, event.length)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A port, not a window.
    this.#port.postMessage({ type: 'log', id, text: event })
  }
}
