import { FunctionNotFoundError, PayloadTooLargeError, TooManyRequestsError } from '@millrace/function'
import type { StreamRecord } from '@millrace/stream'
import { ManualClock } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import type { EventSourceMapper } from './event-source-mapper.ts'
import { createEventSourceMapper } from './event-source-mapper.ts'
import { parseMappingParameters } from './parse-mapping-parameters.ts'
import { FakeDeadLetters } from './simulation/fake-dead-letters.ts'
import type { FakeFunction, FakeInvocation } from './simulation/fake-invoker.ts'
import { allSettled, FakeInvoker, failure, outcomes, returned } from './simulation/fake-invoker.ts'
import type { FakeShard } from './simulation/fake-stream.ts'
import { FakeStream } from './simulation/fake-stream.ts'
import type { MapperWarning } from './warnings.ts'

interface Bench extends AsyncDisposable {
  readonly clock: ManualClock
  readonly stream: FakeStream
  readonly shard: FakeShard
  readonly deadLetters: FakeDeadLetters
  readonly invoker: FakeInvoker
  readonly mapper: EventSourceMapper
  readonly warnings: MapperWarning[]
  readonly invocations: FakeInvocation[]
  readonly running: Promise<void>
  /** Positions of each invocation's records. */
  positions(): number[][]
  put(...keys: string[]): void
  stop(): void
}

function bench(
  parameters: Record<string, unknown>,
  handler: FakeFunction = ({ records }) => Promise.resolve(allSettled(records)),
  shards = 1,
): Bench {
  const clock = new ManualClock()
  const stream = new FakeStream(shards)
  const shard = stream.fakeShards[0] as FakeShard
  const deadLetters = new FakeDeadLetters()
  const invocations: FakeInvocation[] = []
  const invoker = new FakeInvoker((invocation) => {
    invocations.push(invocation)
    return handler(invocation)
  })
  const warnings: MapperWarning[] = []
  const mapper = createEventSourceMapper({
    uuid: 'u',
    stream,
    functionName: 'f',
    invoker,
    deadLetters,
    clock,
    parameters: parseMappingParameters({ StartingPosition: 'TRIM_HORIZON', payload: 'batch', ...parameters }, clock.now()),
    random: () => 1,
    onWarning: (warning) => warnings.push(warning),
  })
  const controller = new AbortController()
  const running = mapper.run(controller.signal)
  const stop = (): void => controller.abort()
  return {
    clock,
    stream,
    shard,
    deadLetters,
    invoker,
    mapper,
    warnings,
    invocations,
    running,
    stop,
    positions: () => invocations.map(({ records }) => records.map((record) => record.position)),
    put: (...keys) => {
      for (const key of keys) shard.append(key, new Uint8Array(10), clock.now())
    },
    async [Symbol.asyncDispose]() {
      stop()
      await clock.advance(1_000_000)
      await running
    },
  }
}

const keys = (count: number): string[] => Array.from({ length: count }, (_, index) => `k${index}`)

/** The data of these positions fails with an error, the others are settled. */
function failing(...positions: number[]): FakeFunction {
  return ({ records }) =>
    Promise.resolve(
      outcomes(
        records.map((record) =>
          positions.includes(record.position) ? { outcome: 'retry', cause: 'error', reason: 'no' } : { outcome: 'settled' },
        ),
      ),
    )
}

/** An invocation that ends when the test says so. */
function held(): { readonly handler: FakeFunction; readonly finish: () => void } {
  let finish = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    finish = resolve
  })
  const handler: FakeFunction = async ({ records }) => {
    await gate
    return allSettled(records)
  }
  return { handler, finish: () => finish() }
}

describe('batches', () => {
  it('sends what is there at once, and checkpoints past it', async () => {
    await using it = bench({})
    it.put('a', 'b', 'c')
    await it.clock.advance(0)
    expect(it.positions()).toEqual([[0, 1, 2]])
    expect(it.shard.checkpoint).toBe(3)
    expect(it.mapper.stats()).toMatchObject({ received: 3, settled: 3, inFlight: 0, invocations: 1 })
    expect(it.mapper.explain().reason).toBe('idle')
  })

  it('keeps to BatchSize, and grows batches while an invocation is under way', async () => {
    const { handler, finish } = held()
    await using it = bench({ BatchSize: 4 }, handler)
    it.put('a')
    await it.clock.advance(0)
    it.put(...keys(2))
    await it.clock.advance(0)
    it.put(...keys(7))
    finish()
    await it.clock.advance(0)
    expect(it.positions()).toEqual([[0], [1, 2, 3, 4], [5, 6, 7, 8], [9]])
  })

  it('gathers for the batching window', async () => {
    await using it = bench({ BatchSize: 3, MaximumBatchingWindowInSeconds: 5 })
    it.put('a')
    await it.clock.advance(4_999)
    expect(it.positions()).toEqual([])
    expect(it.mapper.explain().reason).toBe('gathering')
    await it.clock.advance(1)
    expect(it.positions()).toEqual([[0]])
    it.put('b', 'c', 'd', 'e')
    await it.clock.advance(0)
    expect(it.positions()).toEqual([[0], [1, 2, 3]])
  })

  it('keeps batches for batch handlers below the bytes', async () => {
    await using it = bench({ batchBytesMax: 25 })
    it.put('a', 'b', 'c', 'd', 'e')
    await it.clock.advance(0)
    expect(it.positions()).toEqual([[0, 1], [2, 3], [4]])
  })

  it('counts base64 towards the 6 MB of Lambda', async () => {
    await using it = bench({ payload: 'lambda' }, () => Promise.resolve(returned(null)))
    for (let count = 0; count < 6; count++) it.shard.append('k', new Uint8Array(1024 * 1024), it.clock.now())
    await it.clock.advance(0)
    expect(it.positions()).toEqual([
      [0, 1, 2, 3],
      [4, 5],
    ])
  })

  it('halves a batch that is too large after all, and gives up a record that is too large alone', async () => {
    await using it = bench({}, ({ records }) => {
      if (records.some((record) => record.position === 2)) throw new PayloadTooLargeError('7 MB are over 6 MB.')
      return Promise.resolve(allSettled(records))
    })
    it.put(...keys(4))
    await it.clock.advance(0)
    expect([...it.deadLetters.letters.values()]).toMatchObject([{ position: 2, condition: 'Terminal', reason: '7 MB are over 6 MB.' }])
    expect(it.shard.checkpoint).toBe(4)
    expect(it.mapper.stats()).toMatchObject({ settled: 3, deadLettered: 1 })
  })
})

describe('lanes', () => {
  it('run side by side, with each partition key in one of them', async () => {
    const { handler, finish } = held()
    await using it = bench({ ParallelizationFactor: 4 }, handler)
    it.put(...keys(40), ...keys(40))
    await it.clock.advance(0)
    const lanes = it.invocations.map(({ records }) => new Set(records.map((record) => record.partitionKey)))
    expect(lanes).toHaveLength(4)
    expect(lanes.reduce((sum, lane) => sum + lane.size, 0)).toBe(40)
    expect(it.mapper.explain().reason).toBe('at-full-concurrency')
    finish()
    await it.clock.advance(0)
    expect(it.shard.checkpoint).toBe(80)
  })

  it('never pass the checkpoint over a record of another lane', async () => {
    const gate = held()
    const stuck: string[] = []
    await using it = bench({ ParallelizationFactor: 2, inFlightRecordsMax: 1000 }, (invocation) => {
      if (stuck.length === 0) stuck.push(...invocation.records.map((record) => record.partitionKey))
      return invocation.records.some((record) => stuck.includes(record.partitionKey))
        ? gate.handler(invocation)
        : Promise.resolve(allSettled(invocation.records))
    })
    for (let round = 0; round < 50; round++) it.put(...keys(40))
    await it.clock.advance(0)
    const { shards } = it.mapper.stats()
    const first = it.shard.records.find((record) => stuck.includes(record.partitionKey)) as StreamRecord
    expect(it.shard.checkpoint).toBe(first.position)
    expect(shards[0]).toMatchObject({ blocked: true, oldestUnsettledTimestamp: it.clock.now() })
    expect(shards[0]?.windowRecords).toBeLessThanOrEqual(1000)
    gate.finish()
    await it.clock.advance(0)
    expect(it.shard.checkpoint).toBe(2000)
  })

  it('name few partition keys as the reason for low concurrency', async () => {
    const { handler } = held()
    await using it = bench({ ParallelizationFactor: 4, BatchSize: 2, shutdownGraceMs: 10 }, handler)
    it.put(...Array.from({ length: 20 }, () => 'one'))
    await it.clock.advance(0)
    expect(it.mapper.explain()).toEqual({
      reason: 'few-partition-keys',
      message: 'shardId-000000000000 has records waiting in 1 of its 4 lanes only: its records carry too few partition keys to spread.',
    })
  })

  it('share the limit', async () => {
    const { handler } = held()
    await using it = bench({ concurrencyMax: 2, shutdownGraceMs: 10 }, handler, 5)
    for (const shard of it.stream.fakeShards) shard.append('k', new Uint8Array(1), it.clock.now())
    await it.clock.advance(0)
    expect(it.invocations).toHaveLength(2)
    expect(it.mapper.explain()).toEqual({
      reason: 'limit-reached',
      message: '3 lanes wait: 2 of 2 invocations are under way, which is the limit.',
    })
  })
})

describe('what failed', () => {
  it('is tried again alone, with waits that grow, before anything new of its lane', async () => {
    await using it = bench({ MaximumRetryAttempts: 2 }, failing(1))
    it.put('a', 'b', 'c')
    await it.clock.advance(0)
    it.put('d')
    expect(it.shard.checkpoint).toBe(1)
    expect(it.mapper.explain().reason).toBe('stuck-on-retries')
    await it.clock.advance(99)
    expect(it.positions()).toEqual([[0, 1, 2]])
    await it.clock.advance(1)
    expect(it.positions()).toEqual([[0, 1, 2], [1]])
    await it.clock.advance(200)
    expect(it.positions()).toEqual([[0, 1, 2], [1], [1], [3]])
    expect([...it.deadLetters.letters.values()]).toMatchObject([
      { position: 1, condition: 'RetryAttemptsExhausted', attempts: 3, reason: 'no', consumer: 'u', functionName: 'f', partitionKey: 'b' },
    ])
    expect(it.shard.checkpoint).toBe(4)
    expect(it.mapper.stats()).toMatchObject({ received: 4, settled: 3, deadLettered: 1, inFlight: 0, retries: 2, failedInvocations: 3 })
  })

  it('as a whole is tried again as a whole', async () => {
    let broken = true
    await using it = bench({}, ({ records }) => Promise.resolve(broken ? failure() : allSettled(records)))
    it.put('a', 'b')
    await it.clock.advance(250)
    broken = false
    await it.clock.advance(1_000)
    expect(it.positions()).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ])
    expect(it.shard.checkpoint).toBe(2)
  })

  it('by ReportBatchItemFailures is tried again from the lowest sequence number on', async () => {
    let failures = 1
    await using it = bench({ payload: 'lambda', FunctionResponseTypes: ['ReportBatchItemFailures'] }, ({ records }) => {
      const failed = failures-- > 0 ? [records[3], records[1]] : []
      return Promise.resolve(returned({ batchItemFailures: failed.map((record) => ({ itemIdentifier: record?.sequenceNumber })) }))
    })
    it.put(...keys(5))
    await it.clock.advance(100)
    expect(it.positions()).toEqual([
      [0, 1, 2, 3, 4],
      [1, 2, 3, 4],
    ])
    expect(it.shard.checkpoint).toBe(5)
  })

  it('for ever is never tried again', async () => {
    await using it = bench({}, ({ records }) => Promise.resolve(outcomes(records.map(() => ({ outcome: 'terminal', reason: 'too odd' })))))
    it.put('a')
    await it.clock.advance(0)
    expect([...it.deadLetters.letters.values()]).toMatchObject([{ condition: 'Terminal', reason: 'too odd', attempts: 1 }])
  })

  it('because of its age is never invoked', async () => {
    await using it = bench({ MaximumRecordAgeInSeconds: 60 }, failing(1))
    it.shard.append('old', new Uint8Array(1), it.clock.now() - 61_000)
    it.put('b', 'c')
    await it.clock.advance(0)
    expect(it.positions()).toEqual([[1, 2]])
    await it.clock.advance(120_000)
    expect([...it.deadLetters.letters.values()]).toMatchObject([
      { position: 0, condition: 'RecordAgeExceeded', attempts: 0, reason: 'The record is 61 s old; MaximumRecordAgeInSeconds is 60.' },
      { position: 1, condition: 'RecordAgeExceeded' },
    ])
    expect(it.shard.checkpoint).toBe(3)
  })

  it('holds the checkpoint until the dead letters have it', async () => {
    await using it = bench({ MaximumRetryAttempts: 0 }, failing(0))
    let full = true
    it.deadLetters.beforeAdd = () => (full ? Promise.reject(new Error('disk full')) : Promise.resolve())
    it.put('a', 'b')
    await it.clock.advance(500)
    expect(it.shard.checkpoint).toBe(0)
    expect(it.mapper.explain().reason).toBe('dead-letters-failing')
    expect(it.warnings).toMatchObject([{ kind: 'dead-letters-failing', message: expect.stringContaining('disk full') }])
    full = false
    await it.clock.advance(1_000)
    expect(it.shard.checkpoint).toBe(2)
    expect(it.deadLetters.letters.size).toBe(1)
  })
})

describe('pressure', () => {
  it('of the index spends no attempts, and lowers the concurrency for a while', async () => {
    let overloaded = true
    const handler: FakeFunction = ({ records }) =>
      Promise.resolve(
        outcomes(
          records.map(() => (overloaded ? { outcome: 'retry', cause: 'overload', reason: '429', afterMs: 1_000 } : { outcome: 'settled' })),
        ),
      )
    await using it = bench({ MaximumRetryAttempts: 0 }, handler, 8)
    for (const shard of it.stream.fakeShards) shard.append('k', new Uint8Array(1), it.clock.now())
    await it.clock.advance(10_500)
    expect(it.deadLetters.letters.size).toBe(0)
    expect(it.mapper.explain().reason).toBe('index-pushing-back')
    expect(it.mapper.stats().concurrency).toMatchObject({ limit: 1, ceiling: 8 })
    overloaded = false
    for (let round = 0; round < 100; round++) {
      for (const shard of it.stream.fakeShards) shard.append('k', new Uint8Array(1), it.clock.now())
      await it.clock.advance(100)
    }
    expect(it.mapper.stats().concurrency.limit).toBe(8)
    expect(it.mapper.stats()).toMatchObject({ settled: 808, inFlight: 0, failedInvocations: 0 })
  })

  it('of a throttled function spends no attempts', async () => {
    let throttles = 3
    await using it = bench({ MaximumRetryAttempts: 0 })
    it.invoker.beforePermit = () => (throttles-- > 0 ? Promise.reject(new TooManyRequestsError('Too many.')) : Promise.resolve())
    it.put('a')
    await it.clock.advance(0)
    expect(it.mapper.explain().reason).toBe('throttled')
    await it.clock.advance(700)
    expect(it.mapper.stats()).toMatchObject({ settled: 1, throttles: 3, invocations: 1 })
  })

  it('of a missing function loses nothing, and is told', async () => {
    let missing = true
    await using it = bench({ MaximumRetryAttempts: 0 })
    it.invoker.beforePermit = () => (missing ? Promise.reject(new FunctionNotFoundError('f', ['g'])) : Promise.resolve())
    it.put('a')
    await it.clock.advance(9_000)
    expect(it.mapper.explain().reason).toBe('function-unavailable')
    expect(it.warnings).toMatchObject([
      { kind: 'function-unavailable', message: expect.stringContaining('No function is called "f" (there is g).') },
    ])
    missing = false
    await it.clock.advance(1_000)
    expect(it.shard.checkpoint).toBe(1)
  })

  it('stops the polling: what waits is one batch a lane', async () => {
    const { handler } = held()
    await using it = bench({ BatchSize: 500, shutdownGraceMs: 10 }, handler)
    it.put(...keys(5_000))
    await it.clock.advance(0)
    expect(it.mapper.stats().received).toBe(1_000)
  })
})

describe('a shard that was revoked', () => {
  it('is settled by its next owner alone', async () => {
    const gate = held()
    let first = true
    await using it = bench({}, (invocation) => {
      if (!first) return Promise.resolve(allSettled(invocation.records))
      first = false
      return gate.handler(invocation)
    })
    it.put('a', 'b')
    await it.clock.advance(0)
    it.stream.revoke(it.shard)
    gate.finish()
    await it.clock.advance(0)
    expect(it.shard.checkpoint).toBe(0)
    expect(it.mapper.stats()).toMatchObject({ received: 2, settled: 0, inFlight: 0, abandoned: 2 })
    it.stream.assign()
    await it.clock.advance(0)
    expect(it.shard.checkpoint).toBe(2)
    expect(it.mapper.stats()).toMatchObject({ received: 4, settled: 2, inFlight: 0, abandoned: 2 })
  })
})

describe('stopping', () => {
  it('lets the invocation in hand finish, and checkpoints it', async () => {
    const { handler, finish } = held()
    await using it = bench({ BatchSize: 2 }, handler)
    it.put('a', 'b', 'c', 'd')
    await it.clock.advance(0)
    it.stop()
    await it.clock.advance(1_000)
    finish()
    await it.running
    expect(it.positions()).toEqual([[0, 1]])
    expect(it.shard.checkpoint).toBe(2)
    expect(it.mapper.stats()).toMatchObject({ settled: 2, abandoned: 2, inFlight: 0 })
    expect(it.mapper.explain().reason).toBe('stopped')
  })

  it('ends an invocation that outlasts the grace', async () => {
    await using it = bench({ shutdownGraceMs: 5_000 }, ({ signal }) => new Promise(() => signal))
    it.put('a')
    await it.clock.advance(0)
    it.stop()
    await it.clock.advance(5_000)
    await it.running
    expect(it.invocations[0]?.signal.aborted).toBe(true)
    expect(it.shard.checkpoint).toBe(0)
  })

  it('does not wait for dead letters that cannot be written', async () => {
    await using it = bench({ MaximumRetryAttempts: 0 }, failing(0))
    it.deadLetters.beforeAdd = () => Promise.reject(new Error('disk full'))
    it.put('a')
    await it.clock.advance(0)
    it.stop()
    await it.running
    expect(it.shard.checkpoint).toBe(0)
  })

  it('does not wait for retries', async () => {
    await using it = bench({}, failing(0))
    it.put('a')
    await it.clock.advance(0)
    it.stop()
    await it.running
    expect(it.shard.checkpoint).toBe(0)
  })
})

describe('a stream that fails', () => {
  it('is subscribed to again, with a warning', async () => {
    await using it = bench({})
    await it.clock.advance(0)
    it.stream.readError = Object.assign(new Error('the disk is gone'), { retryable: true })
    it.put('a')
    await it.clock.advance(10_000)
    expect(it.warnings).toMatchObject([{ kind: 'stream-failing', message: expect.stringContaining('the disk is gone') }])
    expect(it.shard.checkpoint).toBe(1)
  })

  it('for good ends the run', async () => {
    const it = bench({})
    const ended = expect(it.running).rejects.toThrow('deleted')
    await it.clock.advance(0)
    it.stream.readError = Object.assign(new Error('The stream was deleted.'), { retryable: false })
    it.put('a')
    await it.clock.advance(0)
    await ended
  })

  it('at the checkpoint only is tried again', async () => {
    await using it = bench({})
    let failures = 2
    it.stream.beforeCheckpoint = () => (failures-- > 0 ? Promise.reject(new Error('busy')) : Promise.resolve())
    it.put('a')
    await it.clock.advance(1_000)
    expect(it.shard.checkpoint).toBe(1)
    expect(it.warnings[0]).toMatchObject({ kind: 'checkpoint-failing' })
  })
})

it('finishes a closed shard, also within the batching window', async () => {
  await using it = bench({ MaximumBatchingWindowInSeconds: 300 })
  it.put('a')
  it.shard.close()
  await it.clock.advance(0)
  expect(it.shard.checkpoint).toBe(1)
  expect(it.mapper.explain().reason).toBe('no-shards')
})

it('polls nothing where the mapping is not enabled', async () => {
  await using it = bench({ Enabled: false })
  it.put('a')
  await it.clock.advance(1_000)
  expect(it.mapper.stats().received).toBe(0)
  expect(it.mapper.explain().reason).toBe('disabled')
})
