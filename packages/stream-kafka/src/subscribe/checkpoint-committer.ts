import { type Clock, StreamError } from '@millrace/stream'
import { KafkaError } from '../client/kafka-error.ts'
import { backoffMs, pause } from '../client/retry.ts'
import type { CheckpointCopies } from '../kafka-context.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { GroupOffsets, Membership } from './group-offsets.ts'
import type { KafkaLane } from './kafka-lane.ts'

export interface CommitterOptions {
  readonly topic: string
  readonly groupId: string
  readonly offsets: GroupOffsets
  readonly mirror: CheckpointCopies
  readonly clock: Clock
  readonly random: () => number
  /** Lanes that are held at present, by partition. */
  readonly lanes: ReadonlyMap<number, KafkaLane>
  readonly membership: () => Membership | undefined
  /** Resolves when the membership is another, or over. */
  readonly membershipChanged: () => Promise<void>
  readonly signal: AbortSignal
}

/** Kafka takes commits of one generation only: these say that it is another by now, or about to be. */
const generationErrors = new Set(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'FENCED_INSTANCE_ID'])

/**
 * Commits checkpoints: one request at a time for all shards of a group, and what is settled meanwhile goes together into the next. Only shards that are held are
 * committed, in the generation that they are held in.
 */
export class CheckpointCommitter {
  readonly #options: CommitterOptions
  #running: Promise<void> | undefined
  #waiting: Promise<void> | undefined

  constructor(options: CommitterOptions) {
    this.#options = options
  }

  /** Resolves when everything that was settled before the call is committed, as far as it is held still. Rejects when Kafka refuses for good. */
  commit(): Promise<void> {
    if (this.#waiting !== undefined) return this.#waiting
    this.#waiting = (this.#running ?? Promise.resolve())
      .catch(() => {})
      .then(() => {
        this.#waiting = undefined
        this.#running = this.#run().finally(() => {
          this.#running = undefined
        })
        return this.#running
      })
    return this.#waiting
  }

  async #run(): Promise<void> {
    const { clock, random, signal, membership, membershipChanged } = this.#options
    for (let failures = 0; ; ) {
      const lanes = this.#due()
      if (lanes.size === 0 || signal.aborted) return
      const member = membership()
      if (member === undefined) {
        await membershipChanged()
        continue
      }
      try {
        await this.#send(member, lanes)
        return
      } catch (error) {
        if (!(error instanceof StreamError)) throw error
        const stale = error instanceof KafkaError && generationErrors.has(error.type)
        if (!stale && !error.retryable) throw error
        const rest = pause(clock, backoffMs(failures++, random), signal)
        await (stale ? Promise.race([rest, membershipChanged()]) : rest)
      }
    }
  }

  async #send(member: Membership, lanes: ReadonlyMap<KafkaLane, Checkpoint>): Promise<void> {
    const { offsets, mirror, groupId, topic } = this.#options
    const checkpoints = new Map([...lanes].map(([lane, checkpoint]) => [lane.shard.partition, checkpoint]))
    await offsets.commit(groupId, topic, member, checkpoints)
    for (const [lane, checkpoint] of lanes) {
      lane.committed(checkpoint)
      mirror.note(groupId, lane.shard.partition, checkpoint)
    }
  }

  #due(): Map<KafkaLane, Checkpoint> {
    const due = new Map<KafkaLane, Checkpoint>()
    for (const lane of this.#options.lanes.values()) {
      const checkpoint = lane.uncommitted
      if (checkpoint !== undefined) due.set(lane, checkpoint)
    }
    return due
  }
}
