import type { Payload } from '@millrace/function'
import { encodeRecords } from '@millrace/stream'
import type { InvokeRequest } from './protocol.ts'

/** What an environment is asked for one invocation, and what of it is handed over rather than copied. */
export function invokeRequest(
  id: number,
  requestId: string,
  timeoutMs: number,
  payload: Payload,
): { readonly request: InvokeRequest; readonly transfer: ArrayBuffer[] } {
  const head = { type: 'invoke', id, requestId, timeoutMs } as const
  if (payload.kind === 'json') return { request: { ...head, event: { kind: 'json', json: payload.json } }, transfer: [] }
  const { streamName, incarnation, shard, kafka } = payload.source
  // Of the shard only what tells it from others: hash-key ranges are nothing to a handler, and have to be copied.
  const source = {
    streamName,
    incarnation,
    shard: { shardId: shard.shardId, index: shard.index, createdTimestamp: shard.createdTimestamp },
    ...(kafka === undefined ? {} : { kafka }),
  }
  const bytes = encodeRecords(payload.records)
  const { maybeRepeated = false, window, replay } = payload
  return {
    request: { ...head, event: { kind: 'records', source, bytes, maybeRepeated, window, replay } },
    transfer: [bytes.buffer],
  }
}
