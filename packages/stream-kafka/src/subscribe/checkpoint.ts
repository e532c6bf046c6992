import { NewerVersionError } from '@millrace/stream'

/** How far a consumer has settled a shard. */
export interface Checkpoint {
  /** Everything below it is settled. */
  readonly position: number
  /** Records that were gone before they were settled. */
  readonly lostRecords: number
}

/** Of what is written about checkpoints, beside committed offsets and in the topic of their copies. */
const version = 1

/** The text beside a committed offset. */
export function encodeCheckpointNote({ lostRecords }: Checkpoint): string {
  return `millrace/${version} lost=${lostRecords}`
}

/** Lost records of a note; none for an offset that another program committed. Throws `NewerVersionError`. */
export function decodeCheckpointNote(text: string | null): number {
  const found = /^millrace\/(\d+)(?: lost=(\d+))?/.exec(text ?? '')
  if (Number(found?.[1]) > version) throw new NewerVersionError('A checkpoint in Kafka', Number(found?.[1]), version)
  return Number(found?.[2] ?? 0)
}

/** A checkpoint as an entry of the topic of copies. */
export function encodeCheckpointCopy({ position, lostRecords }: Checkpoint): Buffer {
  return Buffer.from(JSON.stringify({ version, position, lostRecords }))
}

/** Undefined for what is no checkpoint. Throws `NewerVersionError`. */
export function decodeCheckpointCopy(bytes: Uint8Array): Checkpoint | undefined {
  let stored: Partial<Checkpoint & { readonly version: number }>
  try {
    stored = JSON.parse(new TextDecoder().decode(bytes)) as typeof stored
  } catch {
    return undefined
  }
  if (Number(stored.version) > version) throw new NewerVersionError('A copy of a checkpoint in Kafka', Number(stored.version), version)
  return Number.isSafeInteger(stored.position) ? { position: stored.position as number, lostRecords: stored.lostRecords ?? 0 } : undefined
}
