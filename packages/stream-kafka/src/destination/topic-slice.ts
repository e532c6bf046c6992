import type { PutRefused } from '@millrace/stream'
import type { PutSlice } from '../put/put-slice.ts'
import type { WireRecord } from '../records/encode-batch.ts'

/** One record on its way to a topic that is no stream's. */
export class TopicSlice implements PutSlice {
  readonly topic: string
  readonly partition: number
  readonly records: readonly WireRecord[]
  readonly bytes: number
  /** Undefined: it is written. Rejects with the signal's reason; what is under way may be written nevertheless. */
  readonly settled: Promise<PutRefused | undefined>
  readonly #signal: AbortSignal
  readonly #settle: (refusal: PutRefused | undefined) => void

  constructor(topic: string, partition: number, record: WireRecord, signal: AbortSignal) {
    this.topic = topic
    this.partition = partition
    this.records = [record]
    this.bytes = (record.data?.length ?? 0) + record.partitionKey.length
    const { promise, resolve, reject } = Promise.withResolvers<PutRefused | undefined>()
    const stop = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', stop, { once: true })
    this.settled = promise.finally(() => signal.removeEventListener('abort', stop))
    this.#signal = signal
    this.#settle = resolve
  }

  refused(): PutRefused | undefined {
    return this.#signal.aborted ? { accepted: false, retryable: true, reason: 'internal', message: 'The delivery was ended.' } : undefined
  }

  accepted(): void {
    this.#settle(undefined)
  }

  refuse(refusal: PutRefused): void {
    this.#settle(refusal)
  }
}
