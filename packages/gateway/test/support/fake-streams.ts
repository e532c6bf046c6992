import { StreamClosedError, StreamNotFoundError } from '@millrace/stream'
import type { PutRecord, PutRefused, PutResult, Stream, StreamRegistry } from '@millrace/stream'

/** A stream that keeps what is put, and refuses what it is told to. Only `put` is there: the gateway calls nothing else. */
export class FakeStream {
  readonly name: string
  readonly records: PutRecord[] = []
  /** Sizes of the puts. */
  readonly puts: number[] = []
  refuse: (record: PutRecord, index: number) => Omit<PutRefused, 'accepted'> | undefined = () => undefined
  /** Awaited before each put is answered. */
  gate: Promise<void> = Promise.resolve()
  failure: Error | undefined

  constructor(name: string) {
    this.name = name
  }

  get lines(): string[] {
    return this.records.map((record) => Buffer.from(record.data).toString('utf8'))
  }

  async put(records: readonly PutRecord[]): Promise<readonly PutResult[]> {
    this.puts.push(records.length)
    await this.gate
    if (this.failure !== undefined) throw this.failure
    return records.map((record) => {
      const refusal = this.refuse(record, this.records.length)
      if (refusal !== undefined) return { accepted: false, ...refusal }
      const position = this.records.push(record) - 1
      return { accepted: true, shardId: 'shardId-000000000000', position, sequenceNumber: String(position) }
    })
  }
}

/** A registry with the stream `logs` in it. */
export class FakeStreams {
  readonly logs: FakeStream = new FakeStream('logs')
  closed = false

  async get(name: string): Promise<Stream> {
    if (this.closed) throw new StreamClosedError()
    if (name !== 'logs') throw new StreamNotFoundError(name, ['logs'])
    return this.logs as unknown as Stream
  }

  async list(): ReturnType<StreamRegistry['list']> {
    return [{ name: 'logs', incarnation: 'i', shardCount: 4, retentionHours: 24, createdTimestamp: 1_700_000_000_000, status: 'ACTIVE' }]
  }
}

export const pressure: Omit<PutRefused, 'accepted'> = { retryable: true, reason: 'throughput-exceeded', message: 'The buffer is full.' }
