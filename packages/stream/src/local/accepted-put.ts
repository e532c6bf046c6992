import type { PutAccepted } from '../record.ts'
import { formatSequenceNumber } from '../sequence-number.ts'
import type { ShardIdentity } from '../shard.ts'

/** What a put answers for a record that was taken. Its sequence number is made when it is read. */
export class AcceptedPut implements PutAccepted {
  readonly accepted = true
  readonly position: number
  readonly #shard: ShardIdentity
  readonly #arrivalTimestamp: number

  constructor(shard: ShardIdentity, position: number, arrivalTimestamp: number) {
    this.position = position
    this.#shard = shard
    this.#arrivalTimestamp = arrivalTimestamp
  }

  get shardId(): string {
    return this.#shard.shardId
  }

  get sequenceNumber(): string {
    return formatSequenceNumber(this.#shard, this.position, this.#arrivalTimestamp)
  }
}
