import {
  FunctionNotFoundError,
  InvalidReplayError,
  type InvocationResult,
  type RecordOutcome,
  type ReplayEvent,
  type ReplayRequest,
  TooManyRequestsError,
} from '@millrace/function'
import { createMemoryStreams, StreamNotFoundError } from '@millrace/stream'
import { ManualClock } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { MappingStore } from '../control/mapping-store.ts'
import { FakeInvoker, failure, outcomes, returned } from '../simulation/fake-invoker.ts'
import { createReplays } from './replays.ts'

const hour = 3_600_000

/** A stream of two shards, a Lambda handler `alerts`, and `log-indexer`. */
class Bench implements AsyncDisposable {
  readonly clock = new ManualClock()
  readonly streams = createMemoryStreams({ clock: this.clock })
  /** What each invocation got, as `shard text,text`. */
  readonly seen: string[] = []
  answer: (texts: readonly string[], attempt: number) => InvocationResult = () => returned(null)
  readonly #attempts = new Map<string, number>()
  readonly invoker = new FakeInvoker(async ({ source, records, replay }) => {
    const texts = records.map(({ data }) => Buffer.from(data).toString())
    this.seen.push(`${source.shard.index} ${texts.join()}`)
    const attempt = this.#attempts.get(texts.join()) ?? 1
    this.#attempts.set(texts.join(), attempt + 1)
    if (replay?.dryRun === true) {
      const document = (id: string) => ({ id, dataStream: 'logs-x-default', timestamp: 0, source: '{}' })
      return outcomes(texts.map((id): RecordOutcome => ({ outcome: 'preview', document: document(id) })))
    }
    return this.answer(texts, attempt)
  })
  readonly replays = createReplays({
    streams: this.streams,
    resources: this.streams.resources,
    invoker: this.invoker,
    functionNames: () => ['alerts', 'log-indexer'],
    parameterDefaults: (name) => ({ payload: name === 'log-indexer' ? 'batch' : 'lambda' }),
    compare: async (documents) =>
      documents.map(({ id, dataStream }) => {
        const status = id.startsWith('new') ? 'new' : id.startsWith('other') ? 'different' : 'identical'
        return { id, dataStream, status }
      }),
    // Waits pass at once.
    clock: {
      now: () => this.clock.now(),
      schedule: (_delayMs, callback) => {
        setImmediate(callback)
        return () => {}
      },
    },
    random: () => 0,
  })

  static async open(): Promise<Bench> {
    const bench = new Bench()
    await bench.streams.create('logs', { shardCount: 2, retentionHours: 24 })
    return bench
  }

  async put(shard: 0 | 1, ...texts: string[]): Promise<void> {
    const stream = await this.streams.get('logs')
    const explicitHashKey = shard === 0 ? '0' : String(2n ** 128n - 1n)
    await stream.put(texts.map((text) => ({ data: Buffer.from(text), partitionKey: 'k', explicitHashKey })))
  }

  request(more: Partial<ReplayRequest> = {}): ReplayRequest {
    const target = { functionName: 'alerts' }
    const times = { from: this.clock.now() - hour, to: Number.MAX_SAFE_INTEGER }
    return { streamName: 'logs', target, ...times, dryRun: false, into: 'replay', concurrency: 1, retries: 1, show: 10, ...more }
  }

  async replay(more: Partial<ReplayRequest> = {}, signal: AbortSignal = new AbortController().signal): Promise<ReplayEvent[]> {
    const events: ReplayEvent[] = []
    for await (const event of await this.replays.start(this.request(more), signal)) events.push(event)
    return events
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.streams.close()
  }
}

function endOf(events: readonly ReplayEvent[]): Extract<ReplayEvent, { type: 'end' }> {
  const end = events.at(-1)
  if (end?.type !== 'end') throw new Error(`The replay ended with ${JSON.stringify(end)}.`)
  return end
}

function ofType<Type extends ReplayEvent['type']>(events: readonly ReplayEvent[], type: Type): Extract<ReplayEvent, { type: Type }>[] {
  return events.filter((event): event is Extract<ReplayEvent, { type: Type }> => event.type === type)
}

describe('a replay', () => {
  it('sends the records of the time through the function, shard by shard, in batches', async () => {
    await using bench = await Bench.open()
    await bench.put(0, 'early')
    await bench.clock.advance(hour)
    const from = bench.clock.now()
    await bench.put(0, 'a', 'b', 'c')
    await bench.put(1, 'x')
    await bench.clock.advance(hour)
    const to = bench.clock.now()
    await bench.put(0, 'late')
    await bench.clock.advance(1)
    const events = await bench.replay({ from, to, batchSize: 2 })
    expect(bench.seen).toEqual(['0 a,b', '0 c', '1 x'])
    expect(endOf(events).counts).toMatchObject({ read: 4, filtered: 0, batches: 3, succeeded: 4, failed: 0 })
    expect(events[0]).toMatchObject({ type: 'begin', from, to, shards: ['shardId-000000000000', 'shardId-000000000001'] })
    expect(ofType(events, 'batch').map(({ records, attempts }) => [records, attempts])).toEqual([
      [2, 1],
      [1, 1],
      [1, 1],
    ])
    expect(bench.invoker.permits).toBe(0)
  })

  it('takes no checkpoint, and goes on behind the positions that it told', async () => {
    await using bench = await Bench.open()
    await bench.put(0, 'a', 'b', 'c')
    await bench.clock.advance(1)
    const stop = new AbortController()
    bench.answer = (texts) => {
      if (texts.includes('b')) stop.abort(new Error('enough'))
      return returned(null)
    }
    let after = {}
    const interrupted = async (): Promise<void> => {
      for await (const event of await bench.replays.start(bench.request({ batchSize: 1 }), stop.signal)) {
        if (event.type === 'progress') after = event.after
      }
    }
    await expect(interrupted()).rejects.toThrow('enough')
    bench.seen.length = 0
    await bench.replay({ batchSize: 1, after })
    expect(bench.seen).toEqual(['0 b', '0 c'])
    const stream = await bench.streams.get('logs')
    expect((await stream.lag('alerts')).map(({ checkpoint }) => checkpoint)).toEqual([0, 0])
  })

  it('tries what fails again, tells of what keeps failing, and goes on', async () => {
    await using bench = await Bench.open()
    await bench.put(0, 'bad', 'good')
    await bench.clock.advance(1)
    bench.answer = (texts, attempt) => (texts.includes('bad') && attempt <= 2 ? failure('broken') : returned(null))
    const events = await bench.replay({ batchSize: 1 })
    expect(bench.seen).toEqual(['0 bad', '0 bad', '0 good'])
    expect(endOf(events).counts).toMatchObject({ succeeded: 1, failed: 1 })
    expect(ofType(events, 'batch')[0]).toMatchObject({ failed: 1, attempts: 2, reason: 'Error: broken' })
  })

  it('waits for an overloaded index without counting it, and gives up no more than what never can be', async () => {
    await using bench = await Bench.open()
    await bench.put(0, 'a', 'never')
    await bench.clock.advance(1)
    bench.answer = (texts, attempt) =>
      outcomes(
        texts.map((text): RecordOutcome => {
          if (text === 'never') return { outcome: 'terminal', reason: 'no document' }
          return attempt < 6 ? { outcome: 'retry', cause: 'overload', reason: 'full' } : { outcome: 'settled' }
        }),
      )
    const events = await bench.replay({ target: { functionName: 'log-indexer' }, retries: 0 })
    expect(endOf(events).counts).toMatchObject({ succeeded: 1, failed: 1 })
    expect(ofType(events, 'waiting').length).toBeGreaterThanOrEqual(5)
  })

  it('waits for a function at its limit', async () => {
    await using bench = await Bench.open()
    await bench.put(0, 'a')
    await bench.clock.advance(1)
    let refusals = 2
    bench.invoker.beforePermit = async () => {
      if (refusals-- > 0) throw new TooManyRequestsError('busy')
    }
    const events = await bench.replay()
    expect(ofType(events, 'waiting')).toHaveLength(2)
    expect(endOf(events).counts).toMatchObject({ succeeded: 1 })
  })

  it('invokes no Lambda handler in a dry run, and counts what it would get', async () => {
    await using bench = await Bench.open()
    await bench.put(0, 'a', 'b')
    await bench.clock.advance(1)
    const { counts } = endOf(await bench.replay({ dryRun: true }))
    expect(bench.seen).toEqual([])
    expect(counts).toMatchObject({ read: 2, previewed: 2, batches: 1, succeeded: 0 })
    expect(counts.bytes).toBeGreaterThan(500)
  })

  it('compares the documents of a batch handler in a dry run, and tells the first differences', async () => {
    await using bench = await Bench.open()
    await bench.put(0, 'same-1', 'new-1', 'other-1', 'new-2')
    await bench.clock.advance(1)
    const events = await bench.replay({ dryRun: true, show: 2, target: { functionName: 'log-indexer' } })
    expect(endOf(events).counts).toMatchObject({ previewed: 4, created: 2, different: 1, identical: 1 })
    expect(ofType(events, 'difference').map(({ id, status }) => [id, status])).toEqual([
      ['new-1', 'new'],
      ['other-1', 'different'],
    ])
  })

  it("goes by a mapping's function, filter and batches", async () => {
    await using bench = await Bench.open()
    await bench.put(0, '{"level":"info"}', '{"level":"error"}', '{"level":"error"}', 'text')
    await bench.clock.advance(1)
    const FilterCriteria = { Filters: [{ Pattern: '{"data":{"level":["error"]}}' }] }
    const parameters = { StartingPosition: 'LATEST', BatchSize: 1, FilterCriteria } as const
    const store = new MappingStore(bench.streams.resources, bench.clock)
    await store.create('uuid-1', { streamName: 'logs', functionName: 'alerts', parameters, state: 'Enabled' })
    const events = await bench.replay({ target: { mappingUuid: 'uuid-1' } })
    expect(bench.seen).toEqual(['0 {"level":"error"}', '0 {"level":"error"}'])
    expect(endOf(events).counts).toMatchObject({ read: 4, filtered: 2, succeeded: 2, batches: 2 })
  })

  it('says that records are older than the stream keeps them', async () => {
    await using bench = await Bench.open()
    await bench.clock.advance(48 * hour)
    const [warning] = ofType(await bench.replay({ from: bench.clock.now() - 30 * hour }), 'warning')
    expect(warning?.message).toContain('keeps records for 24 h')
  })

  it('works on as many shards at once as it may', async () => {
    await using bench = await Bench.open()
    await bench.put(0, 'a')
    await bench.put(1, 'b')
    await bench.clock.advance(1)
    const both = Promise.withResolvers<void>()
    const inner = bench.invoker.handler
    bench.invoker.handler = async (invocation) => {
      if (bench.invoker.active === 2) both.resolve()
      await both.promise
      return inner(invocation)
    }
    expect(endOf(await bench.replay({ concurrency: 2 })).counts.succeeded).toBe(2)
  })

  it('ends what is under way when nobody reads it any more', async () => {
    await using bench = await Bench.open()
    await bench.put(0, 'a', 'b')
    await bench.clock.advance(1)
    for await (const event of await bench.replays.start(bench.request({ batchSize: 1 }), new AbortController().signal)) {
      if (event.type === 'batch') break
    }
    expect(bench.invoker.active).toBe(0)
    expect(bench.invoker.permits).toBe(0)
  })

  it('refuses what cannot be meant', async () => {
    await using bench = await Bench.open()
    await expect(bench.replay({ streamName: 'nope' })).rejects.toThrow(StreamNotFoundError)
    await expect(bench.replay({ target: { functionName: 'nope' } })).rejects.toThrow(FunctionNotFoundError)
    await expect(bench.replay({ target: { mappingUuid: 'nope' } })).rejects.toThrow('no event source mapping nope')
    await expect(bench.replay({ from: bench.clock.now() + 1 })).rejects.toThrow(InvalidReplayError)
    await expect(bench.replay({ shardIds: ['shardId-000000000009'] })).rejects.toThrow(/there is shardId-000000000000, /)
    await expect(bench.replay({ after: { 'shardId-000000000000': '12' } })).rejects.toThrow('12')
  })
})
