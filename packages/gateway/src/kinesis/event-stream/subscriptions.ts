import { KinesisError } from '../kinesis-error.ts'

/** Kinesis's: a call within so long of the one before is refused, later ones end it. */
const takeoverMs = 5000

interface Subscription {
  readonly startedAt: number
  readonly end: AbortController
}

/** The subscriptions of this process: one of each consumer to each shard. */
export class Subscriptions {
  readonly #open = new Map<string, Subscription>()

  /** Begins one, and ends the one before it. Throws `ResourceInUseException`. `release` is to be called at its end. */
  begin(consumerArn: string, shardId: string, now: number): { readonly ended: AbortSignal; readonly release: () => void } {
    const key = `${consumerArn}/${shardId}`
    const before = this.#open.get(key)
    if (before !== undefined && now - before.startedAt < takeoverMs) {
      throw new KinesisError(
        'ResourceInUseException',
        `Another active subscription exists for this consumer: ${consumerArn}, shard ${shardId}. Subscribe anew 5 seconds after it began.`,
      )
    }
    before?.end.abort()
    const subscription = { startedAt: now, end: new AbortController() }
    this.#open.set(key, subscription)
    return {
      ended: subscription.end.signal,
      release: () => {
        if (this.#open.get(key) === subscription) this.#open.delete(key)
      },
    }
  }
}
