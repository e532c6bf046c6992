import { ManualClock } from '@millrace/testing'
import type { EventSourceMapper } from '../event-source-mapper.ts'
import { createEventSourceMapper } from '../event-source-mapper.ts'
import { parseMappingParameters } from '../parse-mapping-parameters.ts'
import type { MapperWarning } from '../warnings.ts'
import type { MappingParameters } from '../mapping-parameters.ts'
import { FakeDeadLetters } from './fake-dead-letters.ts'
import { FakeDestinations } from './fake-destinations.ts'
import type { FakeFunction, FakeInvocation } from './fake-invoker.ts'
import { allSettled, FakeInvoker, outcomes } from './fake-invoker.ts'
import type { FakeShard } from './fake-stream.ts'
import { FakeStream } from './fake-stream.ts'

/** A mapper over a fake stream, with everything that a test looks at. */
export interface Bench extends AsyncDisposable {
  readonly clock: ManualClock
  readonly stream: FakeStream
  readonly shard: FakeShard
  readonly deadLetters: FakeDeadLetters
  readonly destinations: FakeDestinations
  /** As they were at the beginning. */
  readonly parameters: MappingParameters
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

/** Runs until the end of the block that it is made in: `await using it = bench({ … })`. */
export function bench(
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
  const destinations = new FakeDestinations()
  const parsed = parseMappingParameters({ StartingPosition: 'TRIM_HORIZON', payload: 'batch', ...parameters }, clock.now())
  const mapper = createEventSourceMapper({
    uuid: 'u',
    stream,
    functionName: 'f',
    invoker,
    deadLetters,
    destinations,
    clock,
    parameters: parsed,
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
    destinations,
    parameters: parsed,
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

/** `k0`, `k1` and so on. */
export function keys(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `k${index}`)
}

/** The data of these positions fails with an error, the others are settled. */
export function failing(...positions: number[]): FakeFunction {
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
export function held(): { readonly handler: FakeFunction; readonly finish: () => void } {
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
