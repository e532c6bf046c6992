import type { Shard, ShardPosition, Stream, StreamRecord } from '@millrace/stream'
import type { BatchLimits } from '../batching-policy.ts'
import type { RecordFilter } from '../filter/filter-criteria.ts'
import type { MeasureRecord } from '../payload-size.ts'

/** Records of a shard that go into one invocation, and what was passed over on the way to them. */
export interface ShardBatch {
  /** May be empty where a filter took all. */
  readonly records: readonly StreamRecord[]
  /** As they are measured. */
  readonly bytes: number
  /** Records that the filter took since the batch before. */
  readonly filtered: number
  /** The last record that this batch covers. */
  readonly through: StreamRecord
}

export interface ShardBatchesOptions {
  readonly stream: Stream
  readonly shard: Shard
  readonly start: ShardPosition
  /** Arrival, exclusive: milliseconds since the epoch. */
  readonly to: number
  readonly filter: RecordFilter | undefined
  readonly measure: MeasureRecord
  readonly limits: BatchLimits
  readonly signal: AbortSignal
}

/** Data of one read; a larger record still comes, alone. */
const readBytesMax = 4 * 1024 * 1024

/** The batches of one shard, in order. Reads no further than it is asked. */
export async function* shardBatches(options: ShardBatchesOptions): AsyncGenerator<ShardBatch, void> {
  const { to, filter, measure, limits, signal } = options
  let records: StreamRecord[] = []
  let bytes = 0
  let filtered = 0
  let through: StreamRecord | undefined
  const take = (last: StreamRecord): ShardBatch => {
    const batch = { records, bytes, filtered, through: last }
    ;[records, bytes, filtered] = [[], 0, 0]
    return batch
  }
  for await (const page of pages(options)) {
    for (const record of page) {
      if (record.approximateArrivalTimestamp >= to) {
        if (through !== undefined) yield take(through)
        return
      }
      if (filter?.matches(record) === false) {
        filtered++
      } else {
        const size = measure(record)
        const isFull = records.length >= limits.recordsMax || bytes + size > limits.bytesMax
        if (isFull && records.length > 0 && through !== undefined) yield take(through)
        records.push(record)
        bytes += size
      }
      through = record
    }
    // Nothing waits for more: what was passed over is told of.
    if (records.length === 0 && through !== undefined) yield take(through)
    signal.throwIfAborted()
  }
  if (through !== undefined && records.length + filtered > 0) yield take(through)
}

/** Records from the start to the tip as it is when it is reached, page by page. */
async function* pages({ stream, shard, start, limits, signal }: ShardBatchesOptions): AsyncGenerator<readonly StreamRecord[], void> {
  let position = start
  let before = Number.NEGATIVE_INFINITY
  for (;;) {
    const limit = { recordsMax: limits.recordsMax, bytesMax: readBytesMax }
    const { records, nextPosition, millisBehindLatest, endOfShard } = await stream.read(shard.shardId, position, limit, signal)
    if (records.length > 0) yield records
    if (endOfShard) return
    // Positions may have gaps: an empty page is the end only at the tip, or where nothing moves.
    if (records.length === 0 && (millisBehindLatest === 0 || nextPosition <= before)) return
    before = nextPosition
    position = { type: 'AT_POSITION', position: nextPosition }
  }
}
