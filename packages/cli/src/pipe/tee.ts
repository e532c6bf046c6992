import type { Writable } from 'node:stream'

/** Copies chunks to a stream as fast as it takes them. When its reader has gone, copying ends and nothing else does. */
export class Tee {
  readonly #output: Writable
  #gone = false

  constructor(output: Writable) {
    this.#output = output
    output.on('error', () => {
      this.#gone = true
    })
    output.on('close', () => {
      this.#gone = true
    })
  }

  /** Resolves when the output can take more. */
  async write(chunk: Uint8Array): Promise<void> {
    if (this.#gone || this.#output.write(chunk)) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        for (const event of ['drain', 'error', 'close']) this.#output.off(event, done)
        resolve()
      }
      for (const event of ['drain', 'error', 'close']) this.#output.on(event, done)
    })
  }
}
