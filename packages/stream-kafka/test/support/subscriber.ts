import type { AssignedShard, Stream, SubscribeOptions } from '@millrace/stream'

const fromStart: SubscribeOptions = { startingPosition: { type: 'TRIM_HORIZON' }, batchRecordsMax: 1_000, batchBytesMax: 1e6 }

/** Reads everything that is assigned to it, and settles it if it is told to. */
export class Consumer implements AsyncDisposable {
  readonly texts: string[] = []
  readonly assigned: AssignedShard[] = []
  readonly revoked: string[] = []
  readonly #abort = new AbortController()
  readonly #settles: boolean
  readonly #ended: Promise<void>

  constructor(stream: Stream, name: string, { settles = true }: { readonly settles?: boolean } = {}) {
    this.#settles = settles
    this.#ended = this.#run(stream, name)
    this.#ended.catch(() => {})
  }

  get held(): AssignedShard[] {
    return this.assigned.filter((shard) => !shard.revoked.aborted)
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
    await this.#ended.catch(() => {})
  }

  async #run(stream: Stream, name: string): Promise<void> {
    for await (const shard of stream.subscribe(name, fromStart, this.#abort.signal)) {
      this.assigned.push(shard)
      shard.revoked.addEventListener('abort', () => this.revoked.push(shard.source.shard.shardId))
      this.#read(shard).catch(() => {})
    }
  }

  async #read(shard: AssignedShard): Promise<void> {
    for await (const records of shard.batches()) {
      for (const record of records) this.texts.push(Buffer.from(record.data).toString())
      const last = records.at(-1)
      if (this.#settles && last !== undefined) await shard.checkpoint(last.position + 1)
    }
  }
}
