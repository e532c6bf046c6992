import type { AssignedShard, Stream, SubscribeOptions } from '../stream.ts'
import { fromStart, text } from './helpers.ts'

/** A subscriber that reads whatever it is given, and settles each batch. */
export class Draining implements AsyncDisposable {
  /** Of the records, in the order in which they came. */
  readonly texts: string[] = []
  readonly #held: AssignedShard[] = []
  readonly #abort = new AbortController()
  readonly #ended: Promise<void>

  constructor(stream: Stream, consumer: string, options: SubscribeOptions = fromStart) {
    this.#ended = this.#run(stream, consumer, options)
    this.#ended.catch(() => {})
  }

  /** Shards in hand. */
  get open(): number {
    return this.#held.filter((shard) => !shard.revoked.aborted).length
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
    await this.#ended.catch(() => {})
  }

  async #run(stream: Stream, consumer: string, options: SubscribeOptions): Promise<void> {
    for await (const shard of stream.subscribe(consumer, options, this.#abort.signal)) {
      this.#held.push(shard)
      // A shard that was revoked refuses the checkpoint: whoever has it now goes on.
      this.#drain(shard).catch(() => {})
    }
  }

  async #drain(shard: AssignedShard): Promise<void> {
    for await (const records of shard.batches()) {
      for (const record of records) this.texts.push(text(record))
      await shard.checkpoint((records.at(-1)?.position ?? 0) + 1)
    }
  }
}
