import type { KafkaClient } from '../client/kafka-client.ts'
import { errorOfCode, KafkaError } from '../client/kafka-error.ts'
import type { NodeAddress } from '../client/kafka-nodes.ts'
import { describeCode } from '../client/kafkajs-internals.ts'
import { type Checkpoint, decodeCheckpointNote, encodeCheckpointNote } from './checkpoint.ts'

/** A member of a group in one generation: what a commit is checked against. */
export interface Membership {
  readonly memberId: string
  readonly generationId: number
}

interface FetchedOffsets {
  readonly errorCode?: number
  readonly responses: readonly {
    readonly partitions: readonly {
      readonly partition: number
      readonly offset: string
      readonly metadata: string | null
      readonly errorCode: number
    }[]
  }[]
}

interface CommittedOffsets {
  readonly responses: readonly { readonly partitions: readonly { readonly partition: number; readonly errorCode: number }[] }[]
}

interface DescribedGroups {
  readonly groups: readonly { readonly errorCode: number; readonly state: string }[]
}

interface DeletedGroups {
  readonly results: readonly { readonly errorCode: number }[]
}

/** Checkpoints as the committed offsets of consumer groups. */
export class GroupOffsets {
  readonly #client: KafkaClient
  readonly #coordinators = new Map<string, number>()

  constructor(client: KafkaClient) {
    this.#client = client
  }

  /** The node that looks after a group. Remembered until `forget`. */
  async coordinator(groupId: string): Promise<number> {
    const known = this.#coordinators.get(groupId)
    if (known !== undefined) return known
    const answer = await this.#client.nodes.send<{ readonly errorCode: number; readonly coordinator: NodeAddress }>(
      'any',
      'GroupCoordinator',
      { groupId, coordinatorType: 0 },
    )
    if (answer.errorCode !== 0) throw errorOfCode(answer.errorCode, `Looking for the coordinator of group "${groupId}"`)
    this.#client.nodes.learn([answer.coordinator])
    this.#coordinators.set(groupId, answer.coordinator.nodeId)
    return answer.coordinator.nodeId
  }

  /** The coordinator did not answer, or is another by now. */
  forget(groupId: string): void {
    this.#coordinators.delete(groupId)
  }

  /** By partition; partitions without a committed offset are left out. */
  async fetch(groupId: string, topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, Checkpoint>> {
    const topics = [{ topic, partitions: partitions.map((partition) => ({ partition })) }]
    const answer = await this.#ask<FetchedOffsets>(groupId, 'OffsetFetch', { groupId, topics })
    const found = new Map<number, Checkpoint>()
    for (const { partition, offset, metadata, errorCode } of answer.responses[0]?.partitions ?? []) {
      this.#check(groupId, errorCode, `Reading the offsets of group "${groupId}"`)
      if (Number(offset) >= 0) found.set(partition, { position: Number(offset), lostRecords: decodeCheckpointNote(metadata) })
    }
    this.#check(groupId, answer.errorCode ?? 0, `Reading the offsets of group "${groupId}"`)
    return found
  }

  /** Kafka takes it only from a member of the present generation. Throws `KafkaError`. */
  async commit(groupId: string, topic: string, member: Membership, checkpoints: ReadonlyMap<number, Checkpoint>): Promise<void> {
    const partitions = [...checkpoints].map(([partition, checkpoint]) => ({
      partition,
      offset: checkpoint.position,
      metadata: encodeCheckpointNote(checkpoint),
    }))
    const { memberId, generationId: groupGenerationId } = member
    const answer = await this.#ask<CommittedOffsets>(groupId, 'OffsetCommit', {
      groupId,
      groupGenerationId,
      memberId,
      topics: [{ topic, partitions }],
    })
    for (const { errorCode } of answer.responses[0]?.partitions ?? [])
      this.#check(groupId, errorCode, `Committing offsets of group "${groupId}"`)
  }

  /** Takes a member out of its group at once. */
  async leave(groupId: string, memberId: string): Promise<void> {
    const { errorCode } = await this.#ask<{ readonly errorCode: number }>(groupId, 'LeaveGroup', { groupId, memberId })
    this.#check(groupId, errorCode, `Leaving group "${groupId}"`)
  }

  /** Whether the group has members at present, or Kafka believes so. */
  async hasMembers(groupId: string): Promise<boolean> {
    const { groups } = await this.#ask<DescribedGroups>(groupId, 'DescribeGroups', { groupIds: [groupId] })
    const { errorCode, state } = groups[0] ?? { errorCode: 0, state: 'Dead' }
    if (describeCode(errorCode).type === 'GROUP_ID_NOT_FOUND') return false
    this.#check(groupId, errorCode, `Describing group "${groupId}"`)
    return state !== 'Empty' && state !== 'Dead'
  }

  /** Resolves also where there is none. Throws a retryable `KafkaError` for a group that has members. */
  async deleteGroup(groupId: string): Promise<void> {
    const { results } = await this.#ask<DeletedGroups>(groupId, 'DeleteGroups', [groupId])
    const errorCode = results[0]?.errorCode ?? 0
    if (errorCode !== 0 && describeCode(errorCode).type !== 'GROUP_ID_NOT_FOUND') {
      this.#check(groupId, errorCode, `Deleting group "${groupId}"`)
    }
    this.forget(groupId)
  }

  async #ask<Answer>(
    groupId: string,
    api: 'OffsetFetch' | 'OffsetCommit' | 'LeaveGroup' | 'DescribeGroups' | 'DeleteGroups',
    args: object,
  ): Promise<Answer> {
    try {
      return await this.#client.nodes.send<Answer>(await this.coordinator(groupId), api, args)
    } catch (error) {
      if (error instanceof KafkaError) this.forget(groupId)
      throw error
    }
  }

  #check(groupId: string, code: number, what: string): void {
    if (code === 0) return
    if (/COORDINATOR|GROUP_LOAD/.test(describeCode(code).type)) this.forget(groupId)
    throw errorOfCode(code, what)
  }
}
