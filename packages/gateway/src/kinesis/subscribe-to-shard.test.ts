import { EventStreamCodec } from '@smithy/eventstream-codec'
import { describe, expect, it } from 'vitest'
import { KinesisCaller } from '../../test/support/kinesis-caller.ts'
import { encodeEvent } from './event-stream/encode-event.ts'
import { type EventStreamEvent } from './event-stream/event-stream.ts'
import { readSubscription } from './event-stream/read-subscription.ts'
import { Subscriptions } from './event-stream/subscriptions.ts'

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(typeof bytes === 'string' ? bytes : bytes).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
)

describe('the event stream', () => {
  it("is framed as AWS's own codec has it", () => {
    const headers = { ':message-type': 'event', ':event-type': 'SubscribeToShardEvent' }
    const message = encodeEvent(headers, Buffer.from('{"ä":1}'))
    const decoded = codec.decode(message)
    expect(Buffer.from(decoded.body).toString()).toBe('{"ä":1}')
    expect(decoded.headers).toEqual(Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { type: 'string', value }])))
    expect(Buffer.from(codec.encode(decoded))).toEqual(Buffer.from(message))
  })

  it('is one of each consumer and shard', () => {
    const subscriptions = new Subscriptions()
    const first = subscriptions.begin('c', 's', 0)
    subscriptions.begin('c', 't', 0)
    expect(() => subscriptions.begin('c', 's', 4999)).toThrow('Another active subscription exists')
    const second = subscriptions.begin('c', 's', 5000)
    expect([first.ended.aborted, second.ended.aborted]).toEqual([true, false])
    first.release()
    expect(() => subscriptions.begin('c', 's', 5001)).toThrow('Another active')
    second.release()
    subscriptions.begin('c', 's', 5002)
  })

  it('tells records as they come, and that it lives', async () => {
    const caller = new KinesisCaller()
    const { clock, services } = caller
    await caller.ok('CreateStream', { StreamName: 's', ShardCount: 1 })
    const stream = await services.streams.get('s')
    const [shard] = await stream.shards()
    if (shard === undefined) throw new Error('no shard')
    let released = false
    const end = new AbortController()
    const release = (): void => void (released = true)
    const events = readSubscription({ stream, shard, position: 0, clock, pollMs: 200, signal: end.signal, release })
    const next = async (advanceMs: number): Promise<EventStreamEvent['body']> => {
      const event = events.next()
      for (let passed = 0; passed < advanceMs; passed += 200) await clock.advance(200)
      return (await event).value?.body ?? {}
    }
    await stream.put([{ data: Buffer.from('a'), partitionKey: 'k' }])
    const first = (await next(0)) as { Records: { SequenceNumber: string }[]; ContinuationSequenceNumber: string }
    expect(first.Records).toHaveLength(1)
    expect(first.ContinuationSequenceNumber).toBe(first.Records[0]?.SequenceNumber)
    expect(await next(5200)).toMatchObject({ Records: [], MillisBehindLatest: 0 })
    end.abort()
    expect(await events.next()).toEqual({ value: undefined, done: true })
    expect(released).toBe(true)
  })

  it('needs a consumer', async () => {
    const caller = new KinesisCaller()
    await caller.ok('CreateStream', { StreamName: 's', ShardCount: 1 })
    const ConsumerARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s/consumer/c:1'
    const input = { ConsumerARN, ShardId: 'shardId-000000000000', StartingPosition: { Type: 'LATEST' } }
    expect(await caller.refused('SubscribeToShard', input)).toContain('ResourceNotFoundException')
  })
})
