import { type StreamRegistry, StreamError } from '@millrace/stream'
import { DestinationError } from './destination-error.ts'
import type { DestinationRecord } from './destination-record.ts'
import type { DestinationWriter } from './destination-writer.ts'

/** Puts each record into a stream, where a mapping of its own may take it up. The stream is looked for anew with each record. */
export class StreamDestination implements DestinationWriter {
  readonly #streams: Pick<StreamRegistry, 'get'>
  readonly #streamName: string

  constructor(streams: Pick<StreamRegistry, 'get'>, streamName: string) {
    this.#streams = streams
    this.#streamName = streamName
  }

  async deliver(record: DestinationRecord, signal: AbortSignal): Promise<void> {
    const [result] = await this.#put(record)
    signal.throwIfAborted()
    if (result?.accepted === true) return
    const [problem, retryable] = result === undefined ? ['no answer', true] : [result.message, result.retryable]
    throw new DestinationError(`The stream "${this.#streamName}" did not take a record of an invocation: ${problem}`, retryable)
  }

  async #put(record: DestinationRecord) {
    try {
      const stream = await this.#streams.get(this.#streamName)
      const headers = record.attributes === undefined ? {} : { headers: { foreign: record.attributes } }
      return await stream.put([{ data: Buffer.from(record.json()), partitionKey: record.key, ...headers }])
    } catch (error) {
      const retryable = error instanceof StreamError && error.retryable
      const problem = error instanceof Error ? error.message : String(error)
      throw new DestinationError(`The stream "${this.#streamName}" did not take a record of an invocation: ${problem}`, retryable, {
        cause: error,
      })
    }
  }
}
