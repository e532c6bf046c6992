import { formatSequenceNumber } from '@millrace/stream'
import type { ReadResult, Shard, Stream } from '@millrace/stream'
import type { GatewayClock } from '../../gateway-services.ts'
import { recordsOutput } from '../records/record-output.ts'
import { childShards } from '../streams/shard-output.ts'
import type { EventStreamEvent } from './event-stream.ts'

/** Kinesis's: a subscription ends after so long. */
const lifetimeMs = 300_000
/** Of one event. In JSON it becomes a third more. */
const eventBytesMax = 1024 * 1024
const eventRecordsMax = 10_000
/** How long a subscriber hears nothing where nothing comes. */
const heartbeatMs = 5000

export interface SubscriptionSettings {
  readonly stream: Stream
  readonly shard: Shard
  readonly position: number
  readonly clock: GatewayClock
  /** Wait at the shard's tip. */
  readonly pollMs: number
  readonly signal: AbortSignal
  readonly release: () => void
}

/** The events of a subscription: records as they come, and a sign of life now and then. Ends after 5 minutes, at the end of a closed shard, when it is told to. */
export async function* readSubscription(settings: SubscriptionSettings): AsyncGenerator<EventStreamEvent> {
  const { stream, shard, clock, pollMs, signal, release } = settings
  const start = clock.now()
  let { position } = settings
  let told = start
  try {
    while (!signal.aborted && clock.now() - start < lifetimeMs) {
      const result = await stream.read(
        shard.shardId,
        { type: 'AT_POSITION', position },
        { recordsMax: eventRecordsMax, bytesMax: eventBytesMax },
      )
      position = result.nextPosition
      if (result.records.length > 0 || result.endOfShard || clock.now() - told >= heartbeatMs) {
        told = clock.now()
        yield { type: 'SubscribeToShardEvent', body: await eventBody(stream, shard, result) }
      }
      if (result.endOfShard) return
      if (result.records.length === 0) await wait(pollMs, clock, signal)
    }
  } finally {
    release()
  }
}

async function eventBody(stream: Stream, shard: Shard, result: ReadResult): Promise<object> {
  return {
    Records: recordsOutput(result.records),
    ContinuationSequenceNumber: result.endOfShard ? undefined : continuation(shard, result),
    MillisBehindLatest: Math.max(0, Math.round(result.millisBehindLatest)),
    ChildShards: result.endOfShard ? childShards(shard.shardId, await stream.shards()) : undefined,
  }
}

/** Clients go on after it. 0 stands before all numbers. */
function continuation(shard: Shard, { records, nextPosition }: ReadResult): string {
  const last = records.at(-1)
  if (last !== undefined) return last.sequenceNumber
  return nextPosition === 0 ? '0' : formatSequenceNumber(shard, nextPosition - 1, shard.createdTimestamp)
}

function wait(milliseconds: number, clock: GatewayClock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.schedule(milliseconds, done)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
