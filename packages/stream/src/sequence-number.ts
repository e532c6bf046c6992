import type { Shard, ShardIdentity } from './shard.ts'

/**
 * Kinesis's sequence number, version 2: 47 hexadecimal digits read as one number and written in decimal, which gives the familiar 56 digits that begin with 49.
 *
 * | digits | content |
 * |---|---|
 * | 1 | 2 |
 * | 9 | the shard's creation, seconds since the epoch |
 * | 1 | last digit of the shard's index |
 * | 16 | position in the shard |
 * | 2 | 00 |
 * | 9 | the record's arrival, seconds since the epoch |
 * | 8 | the shard's index |
 * | 1 | 2, the version |
 *
 * The position stands above the time, so that numbers of one shard sort as positions do, and nothing has to be stored to translate either way. The shard's
 * creation stands above both: a child is created in a later second than its parents (`childCreatedTimestamp`), so that its numbers are above theirs.
 */
export function formatSequenceNumber(shard: ShardIdentity, position: number, arrivalTimestamp: number): string {
  const index = shard.index.toString(16)
  const digits = `2${hex(seconds(shard.createdTimestamp), 9)}${index.slice(-1)}${hex(position, 16)}00${hex(seconds(arrivalTimestamp), 9)}${index.padStart(8, '0')}2`
  return BigInt(`0x${digits}`).toString()
}

export interface SequenceNumber {
  readonly shardIndex: number
  /** Milliseconds since the epoch, in whole seconds. */
  readonly shardCreatedTimestamp: number
  readonly position: number
  /** Milliseconds since the epoch, in whole seconds. */
  readonly arrivalTimestamp: number
}

/** SequenceNumberRange.StartingSequenceNumber: at or below every number of the shard. */
export function startingSequenceNumber(shard: ShardIdentity): string {
  return formatSequenceNumber(shard, 0, shard.createdTimestamp)
}

/** SequenceNumberRange.EndingSequenceNumber: above every number of a closed shard, and below those of its children. Undefined while it is open. */
export function endingSequenceNumber(shard: Shard): string | undefined {
  if (shard.endingPosition === undefined) return undefined
  return formatSequenceNumber(shard, shard.endingPosition, shard.closedTimestamp ?? shard.createdTimestamp)
}

/** When a child counts as created: now, or in the second after its youngest parent's if that is later. */
export function childCreatedTimestamp(now: number, parents: readonly ShardIdentity[]): number {
  return parents.reduce((time, parent) => Math.max(time, (seconds(parent.createdTimestamp) + 1) * 1000), now)
}

/** Reads a sequence number; undefined for text that is not one. */
export function parseSequenceNumber(text: string): SequenceNumber | undefined {
  if (!/^[1-9]\d{54,55}$/.test(text)) return undefined
  const digits = BigInt(text).toString(16)
  if (digits.length !== 47 || digits[0] !== '2' || digits[46] !== '2') return undefined
  const position = Number(`0x${digits.slice(11, 27)}`)
  const shardIndex = Number(`0x${digits.slice(38, 46)}`)
  if (!Number.isSafeInteger(position) || (shardIndex & 15) !== Number(`0x${digits[10]}`)) return undefined
  return {
    shardIndex,
    shardCreatedTimestamp: Number(`0x${digits.slice(1, 10)}`) * 1000,
    position,
    arrivalTimestamp: Number(`0x${digits.slice(29, 38)}`) * 1000,
  }
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000)
}

function hex(value: number, width: number): string {
  return value.toString(16).padStart(width, '0')
}
