import { InvalidPositionError } from './errors.ts'
import { parseSequenceNumber } from './sequence-number.ts'
import type { ShardIdentity } from './shard.ts'

/** The position that a sequence number of the shard stands for. Throws `InvalidPositionError` for text that is none, and for another shard's. */
export function sequencePosition({ shardId, index, createdTimestamp }: ShardIdentity, text: string): number {
  const parsed = parseSequenceNumber(text)
  if (parsed === undefined) throw new InvalidPositionError(`"${text.slice(0, 80)}" is not a sequence number.`)
  if (parsed.shardIndex !== index || parsed.shardCreatedTimestamp !== Math.floor(createdTimestamp / 1000) * 1000) {
    throw new InvalidPositionError(`The sequence number ${text} is not one of ${shardId}.`)
  }
  return parsed.position
}
