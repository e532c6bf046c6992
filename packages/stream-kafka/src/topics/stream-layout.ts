import { NewerVersionError, type Shard, shardIdOf, type StreamDescription } from '@millrace/stream'

/** Where a shard's records are. */
export interface KafkaShard extends Shard {
  readonly partition: number
}

/**
 * - `creating`: someone is making the topic; the stream is not there yet.
 * - `ready`: in use.
 * - `deleting`: gone for everyone; the topic is being removed.
 */
export type LayoutState = 'creating' | 'ready' | 'deleting'

/** A stream as it stands in the registry. */
export interface StreamLayout {
  readonly state: LayoutState
  readonly description: StreamDescription
  readonly shards: readonly KafkaShard[]
}

const version = 1

interface StoredShard {
  readonly index: number
  readonly partition: number
  /** Decimal, inclusive. */
  readonly startingHashKey: string
  readonly endingHashKey: string
  readonly createdTimestamp: number
  readonly parentShardId?: string
  readonly adjacentParentShardId?: string
  readonly endingPosition?: number
}

interface StoredLayout extends StreamDescription {
  readonly version: number
  readonly state: LayoutState
  readonly shards: readonly StoredShard[]
}

export function encodeLayout({ state, description, shards }: StreamLayout): Buffer {
  const stored: StoredLayout = {
    version,
    state,
    ...description,
    shards: shards.map((shard) => ({
      ...shard,
      startingHashKey: shard.startingHashKey.toString(),
      endingHashKey: shard.endingHashKey.toString(),
    })),
  }
  return Buffer.from(JSON.stringify(stored))
}

/** Undefined for what is no layout. Throws `NewerVersionError` for one that a newer Millrace wrote. */
export function decodeLayout(bytes: Uint8Array): StreamLayout | undefined {
  const stored = parse(bytes)
  if (stored === undefined) return undefined
  if (stored.version > version) throw new NewerVersionError('A stream in the registry topic', stored.version, version)
  const { name, incarnation, createdTimestamp, shardCount, retentionHours, state } = stored
  return {
    state,
    description: { name, incarnation, createdTimestamp, shardCount, retentionHours },
    shards: stored.shards.map(({ startingHashKey, endingHashKey, ...rest }) => ({
      ...rest,
      shardId: shardIdOf(rest.index),
      startingHashKey: BigInt(startingHashKey),
      endingHashKey: BigInt(endingHashKey),
    })),
  }
}

function parse(bytes: Uint8Array): StoredLayout | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'number'
      ? (value as StoredLayout)
      : undefined
  } catch {
    return undefined
  }
}
