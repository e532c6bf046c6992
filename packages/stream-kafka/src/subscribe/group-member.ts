import { type Clock, StreamError } from '@millrace/stream'
import { errorOfCode } from '../client/kafka-error.ts'
import type { KafkaNodes } from '../client/kafka-nodes.ts'
import { describeCode } from '../client/kafkajs-internals.ts'
import { backoffMs, pause } from '../client/retry.ts'
import { assign, assignmentProtocol, decodeAssignment, decodeMemberState, encodeAssignment, encodeMemberState } from './assignment.ts'
import type { GroupOffsets, Membership } from './group-offsets.ts'

export interface GroupMemberOptions {
  readonly groupId: string
  readonly topic: string
  /** Of the shard map that this member knows. */
  readonly epoch: () => number
  /** The partitions to share out, by a shard map of that epoch or a later one. */
  readonly eligible: (epoch: number) => Promise<readonly number[]>
  /** Connections of the member's own: a join is held until every other member has joined. */
  readonly nodes: KafkaNodes
  readonly offsets: GroupOffsets
  readonly clock: Clock
  readonly random: () => number
  readonly sessionTimeoutMs: number
  readonly heartbeatIntervalMs: number
  /** Partitions that are worked on. */
  readonly held: () => readonly number[]
  /** The partitions that are this member's from now on. */
  readonly onAssigned: (partitions: readonly number[]) => void
  /** The group goes on without this member: nothing is its own any more. */
  readonly onLost: () => void
}

interface Joined {
  readonly errorCode: number
  readonly generationId: number
  readonly leaderId: string
  readonly memberId: string
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[]
}

interface Synced {
  readonly errorCode: number
  readonly memberAssignment: Buffer
}

/**
 * A member of a consumer group. When the group is shared out anew it keeps working on what it holds until it is told what is its own then; Kafka refuses its
 * commits of the generation before.
 */
export class GroupMember {
  readonly #options: GroupMemberOptions
  #memberId = ''
  #membership: Membership | undefined
  #changed: PromiseWithResolvers<void> = Promise.withResolvers<void>()
  #cancelWatch: () => void = () => {}
  #rejoins = false
  #nudge: () => void = () => {}

  constructor(options: GroupMemberOptions) {
    this.#options = options
  }

  /** Undefined while it is not part of a generation. */
  get membership(): Membership | undefined {
    return this.#membership
  }

  /** Resolves when the membership is another, or over. */
  changed(): Promise<void> {
    return this.#changed.promise
  }

  /** Has the group shared out anew: what this member tells it is another. */
  rejoin(): void {
    this.#rejoins = true
    this.#nudge()
  }

  /** Takes part until the signal is aborted, then leaves. Rejects when Kafka refuses for good. */
  async run(signal: AbortSignal): Promise<void> {
    // A join may be held for long: leaving on another connection ends it.
    const leave = (): void => {
      this.#leave().catch(() => {})
    }
    signal.addEventListener('abort', leave)
    try {
      await this.#takePart(signal)
    } finally {
      signal.removeEventListener('abort', leave)
      this.#cancelWatch()
      this.#lose()
      await this.#leave().catch(() => {})
    }
  }

  async #takePart(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.#join(signal)
        failures = 0
        await this.#beat(signal)
      } catch (error) {
        if (signal.aborted) return
        if (!(error instanceof StreamError && error.retryable)) throw error
        this.#options.offsets.forget(this.#options.groupId)
        await pause(this.#options.clock, backoffMs(failures++, this.#options.random), signal)
      }
    }
  }

  async #join(signal: AbortSignal): Promise<void> {
    const { sessionTimeoutMs } = this.#options
    this.#watch(2 * sessionTimeoutMs)
    const joined = await this.#askToJoin()
    if (signal.aborted) return
    const synced = await this.#sync(joined)
    const type = synced.errorCode === 0 ? '' : describeCode(synced.errorCode).type
    // The group is shared out once more already.
    if (type === 'REBALANCE_IN_PROGRESS') return this.#join(signal)
    this.#check(synced.errorCode, 'Joining')
    this.#become({ memberId: joined.memberId, generationId: joined.generationId })
    this.#watch(sessionTimeoutMs)
    this.#options.onAssigned(decodeAssignment(this.#options.topic, synced.memberAssignment))
  }

  async #askToJoin(): Promise<Joined> {
    const { groupId, topic, sessionTimeoutMs, held, epoch } = this.#options
    for (;;) {
      this.#rejoins = false
      const metadata = encodeMemberState(topic, { generationId: this.#membership?.generationId ?? -1, held: held(), epoch: epoch() })
      const joined = await this.#send<Joined>('JoinGroup', {
        groupId,
        sessionTimeout: sessionTimeoutMs,
        rebalanceTimeout: sessionTimeoutMs,
        memberId: this.#memberId,
        protocolType: 'consumer',
        groupProtocols: [{ name: assignmentProtocol, metadata }],
      })
      const type = joined.errorCode === 0 ? '' : describeCode(joined.errorCode).type
      if (type !== 'MEMBER_ID_REQUIRED') {
        this.#check(joined.errorCode, 'Joining')
        this.#memberId = joined.memberId
        return joined
      }
      // Kafka gives out the name first, so that a join which is not answered leaves no member behind.
      this.#memberId = joined.memberId
    }
  }

  async #sync({ generationId, leaderId, memberId, members }: Joined): Promise<Synced> {
    const { groupId, topic, eligible } = this.#options
    const states = new Map(members.map((member) => [member.memberId, decodeMemberState(member.memberMetadata)]))
    const epoch = Math.max(0, ...[...states.values()].map((state) => state.epoch))
    const shares = leaderId === memberId ? assign(await eligible(epoch), states) : new Map<string, number[]>()
    const groupAssignment = [...shares].map(([id, own]) => ({ memberId: id, memberAssignment: encodeAssignment(topic, own) }))
    return this.#send<Synced>('SyncGroup', { groupId, generationId, memberId, groupAssignment })
  }

  /** Until the group is to be joined anew. */
  async #beat(signal: AbortSignal): Promise<void> {
    const { heartbeatIntervalMs, sessionTimeoutMs, random, groupId, offsets } = this.#options
    for (let failures = 0; this.#membership !== undefined; ) {
      await this.#rest(failures === 0 ? heartbeatIntervalMs : Math.min(heartbeatIntervalMs, backoffMs(failures, random)), signal)
      const member = this.#membership
      if (signal.aborted || member === undefined || this.#rejoins) return
      try {
        const { memberId, generationId: groupGenerationId } = member
        const { errorCode } = await this.#send<{ readonly errorCode: number }>('Heartbeat', { groupId, groupGenerationId, memberId })
        if (errorCode !== 0 && describeCode(errorCode).type === 'REBALANCE_IN_PROGRESS') return
        this.#check(errorCode, 'A heartbeat')
        this.#watch(sessionTimeoutMs)
        failures = 0
      } catch (error) {
        // Not joined anew for want of an answer: that would have the group shared out again. The watch tells when it is too late.
        if (!(error instanceof StreamError && error.retryable)) throw error
        offsets.forget(groupId)
        failures += 1
      }
    }
  }

  /** Until the next heartbeat, or until the group is to be joined anew. */
  async #rest(delayMs: number, signal: AbortSignal): Promise<void> {
    if (this.#rejoins) return
    const nudged = new AbortController()
    const nudge = (): void => nudged.abort()
    this.#nudge = nudge
    signal.addEventListener('abort', nudge)
    await pause(this.#options.clock, delayMs, nudged.signal)
    signal.removeEventListener('abort', nudge)
  }

  /** Throws for an error code. A member that the group has lost is lost here as well. */
  #check(code: number, what: string): void {
    if (code === 0) return
    const error = errorOfCode(code, `${what} in group "${this.#options.groupId}"`)
    if (!lostTypes.has(error.type)) throw error
    if (error.type === 'UNKNOWN_MEMBER_ID') this.#memberId = ''
    this.#lose()
    throw new LostError(error.message)
  }

  /** Without a sign of life from the group for so long, its shards may be others' by now. */
  #watch(timeoutMs: number): void {
    this.#cancelWatch()
    this.#cancelWatch = this.#options.clock.schedule(timeoutMs, () => this.#lose())
  }

  #become(membership: Membership | undefined): void {
    this.#membership = membership
    const { resolve } = this.#changed
    this.#changed = Promise.withResolvers<void>()
    resolve()
  }

  #lose(): void {
    this.#become(undefined)
    this.#options.onLost()
  }

  async #leave(): Promise<void> {
    const memberId = this.#memberId
    if (memberId === '') return
    this.#memberId = ''
    await this.#options.offsets.leave(this.#options.groupId, memberId)
  }

  async #send<Answer>(api: 'JoinGroup' | 'SyncGroup' | 'Heartbeat', args: object): Promise<Answer> {
    const { nodes, offsets, groupId } = this.#options
    return nodes.send<Answer>(await offsets.coordinator(groupId), api, args)
  }
}

/** The group has gone on without this member; it may join again. */
class LostError extends StreamError {
  readonly retryable = true
}

const lostTypes = new Set(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID'])
