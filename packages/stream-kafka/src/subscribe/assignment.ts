import { shareOut } from '@millrace/stream/local'
import kafkajs from 'kafkajs'

/** What a member tells the one that shares out. */
export interface MemberState {
  /** Generation in which it got what it holds. */
  readonly generationId: number
  /** Partitions that it works on. */
  readonly held: readonly number[]
  /** Of the shard map that it knows. */
  readonly epoch: number
}

/** Name of this way of sharing out: members that know another one as well can be told apart by it. */
export const assignmentProtocol = 'millrace-1'

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol
const version = 1

/** In Kafka's own layout, so that its tools can show it. */
export function encodeMemberState(topic: string, state: MemberState): Buffer {
  return MemberMetadata.encode({ version: 0, topics: [topic], userData: Buffer.from(JSON.stringify({ version, ...state })) })
}

/** A state that cannot be read is that of a member which holds nothing. */
export function decodeMemberState(bytes: Buffer): MemberState {
  try {
    const userData = MemberMetadata.decode(bytes)?.userData
    const { generationId, held, epoch } = JSON.parse(userData?.toString() ?? '') as Partial<MemberState>
    return { generationId: generationId ?? -1, held: held ?? [], epoch: epoch ?? 0 }
  } catch {
    return { generationId: -1, held: [], epoch: 0 }
  }
}

export function encodeAssignment(topic: string, partitions: readonly number[]): Buffer {
  return MemberAssignment.encode({ version: 0, assignment: { [topic]: [...partitions] }, userData: Buffer.alloc(0) })
}

export function decodeAssignment(topic: string, bytes: Buffer): readonly number[] {
  if (bytes.length === 0) return []
  return MemberAssignment.decode(bytes)?.assignment[topic] ?? []
}

/** Shares partitions out evenly, and moves as few as can be. Of two that both hold a partition, the one of the later generation is right. */
export function assign(partitions: readonly number[], members: ReadonlyMap<string, MemberState>): Map<string, number[]> {
  const ids = [...members.keys()].toSorted()
  const held = new Map<number, string>()
  const byGeneration = ids.toSorted((one, other) => generation(members, one) - generation(members, other))
  for (const id of byGeneration) for (const partition of members.get(id)?.held ?? []) held.set(partition, id)
  const result = new Map<string, number[]>(ids.map((id) => [id, []]))
  for (const [partition, id] of shareOut(partitions, held, ids)) result.get(id)?.push(partition)
  return result
}

function generation(members: ReadonlyMap<string, MemberState>, id: string): number {
  return members.get(id)?.generationId ?? -1
}
