import { NewerVersionError, type Shard, shardIdOf, type StreamDescription, type StreamStatus } from '@millrace/stream'

/** Where a shard's records are. */
export interface KafkaShard extends Shard {
  readonly partition: number
  /** Of a closed shard: what came after its end is forwarded up to this position. */
  readonly forwardedTo?: number
}

export type LayoutDescription = Omit<StreamDescription, 'status'>

/**
 * A change that a process works on. While it is there, nobody else changes the shards, unless the process has gone.
 *
 * - `reshard`: closes some shards for others. Status `UPDATING`.
 * - `forward`: what was put behind the end of a closed shard goes to the open ones.
 */
export interface LayoutUpdate {
  readonly kind: 'reshard' | 'forward'
  /** The layout's when it was claimed: markers of the change carry it. */
  readonly epoch: number
  /** The process. */
  readonly owner: string
  /** When it was claimed, milliseconds since the epoch. */
  readonly timestamp: number
  /** Indexes of the shards that it closes, or forwards from. */
  readonly closing: readonly number[]
  /** Shards that it opens. */
  readonly opening: readonly KafkaShard[]
  /** It goes on until there are so many open shards of equal ranges. */
  readonly targetShardCount?: number
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
  readonly description: LayoutDescription
  /** 0 when it is made; each change makes it one higher. */
  readonly epoch: number
  readonly shards: readonly KafkaShard[]
  readonly update?: LayoutUpdate
}

export function statusOf({ state, update }: StreamLayout): StreamStatus {
  if (state !== 'ready') return state === 'creating' ? 'CREATING' : 'DELETING'
  return update?.kind === 'reshard' ? 'UPDATING' : 'ACTIVE'
}

const hourMs = 3_600_000

/** Without the closed shards whose records retention has taken. */
export function presentShards({ shards, description }: StreamLayout, now: number): readonly KafkaShard[] {
  const since = now - description.retentionHours * hourMs
  return shards.filter(({ closedTimestamp }) => closedTimestamp === undefined || closedTimestamp >= since)
}

/** 2: shards change. A stream that was never changed is written as 1, for the Millrace of before. */
const version = 2

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
  readonly closedTimestamp?: number
  readonly forwardedTo?: number
}

interface StoredLayout extends LayoutDescription {
  readonly version: number
  readonly state: LayoutState
  readonly epoch?: number
  readonly shards: readonly StoredShard[]
  readonly update?: Omit<LayoutUpdate, 'opening'> & { readonly opening: readonly StoredShard[] }
}

export function encodeLayout({ state, description, epoch, shards, update }: StreamLayout): Buffer {
  const stored: StoredLayout = {
    version: epoch === 0 ? 1 : version,
    state,
    ...description,
    ...(epoch === 0 ? {} : { epoch }),
    shards: shards.map(storedShard),
    ...(update === undefined ? {} : { update: { ...update, opening: update.opening.map(storedShard) } }),
  }
  return Buffer.from(JSON.stringify(stored))
}

/** Undefined for what is no layout. Throws `NewerVersionError` for one that a newer Millrace wrote. */
export function decodeLayout(bytes: Uint8Array): StreamLayout | undefined {
  const stored = parse(bytes)
  if (stored === undefined) return undefined
  if (stored.version > version) throw new NewerVersionError('A stream in the registry topic', stored.version, version)
  const { name, incarnation, createdTimestamp, shardCount, retentionHours, state, epoch = 0, update } = stored
  return {
    state,
    description: { name, incarnation, createdTimestamp, shardCount, retentionHours },
    epoch,
    shards: stored.shards.map(shardOf),
    ...(update === undefined ? {} : { update: { ...update, opening: update.opening.map(shardOf) } }),
  }
}

function storedShard(shard: KafkaShard): StoredShard {
  return { ...shard, startingHashKey: shard.startingHashKey.toString(), endingHashKey: shard.endingHashKey.toString() }
}

function shardOf({ startingHashKey, endingHashKey, ...rest }: StoredShard): KafkaShard {
  return { ...rest, shardId: shardIdOf(rest.index), startingHashKey: BigInt(startingHashKey), endingHashKey: BigInt(endingHashKey) }
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
