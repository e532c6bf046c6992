import {
  type EventSourceMappingConfiguration,
  InvalidDestinationError,
  InvalidParameterValueException,
  type LambdaApiError,
  ResourceConflictException,
  ResourceInUseException,
  ResourceNotFoundException,
} from '@millrace/function'
import { createMemoryStreams, streamArn } from '@millrace/stream'
import { ManualClock, seededRandom } from '@millrace/testing'
import { expect, it } from 'vitest'
import { createEventSourceMapper } from '../event-source-mapper.ts'
import { allSettled, FakeInvoker, failure } from '../simulation/fake-invoker.ts'
import { createEventSourceMappings } from './event-source-mappings.ts'
import { type MappingControl, runMappingControl } from './mapping-control.ts'
import type { MappingDefinition } from './mapping-definition.ts'
import { seedMappings } from './seed-mappings.ts'

/** One system in memory, of as many processes as a test starts. */
class Bench implements AsyncDisposable {
  readonly clock = new ManualClock()
  readonly streams = createMemoryStreams({ clock: this.clock })
  readonly warnings: string[] = []
  /** What was handled, as `text@batch size`. */
  readonly handled: string[] = []
  readonly invoker = new FakeInvoker(({ records }) => {
    for (const { data } of records) this.handled.push(`${Buffer.from(data).toString()}@${records.length}`)
    return Promise.resolve(allSettled(records))
  })
  readonly #controls: MappingControl[] = []
  #uuids = 0
  readonly #random = seededRandom(1)
  readonly api = createEventSourceMappings({
    resources: this.streams.resources,
    streams: this.streams,
    functions: this.#functions(['f', 'g', 'log-indexer']),
    destinations: {
      open: (destination) => {
        if (destination.startsWith('kafka:')) throw new InvalidDestinationError('This system has no Kafka.')
        return { deliver: async () => {} }
      },
    },
    clock: this.clock,
    newUuid: () => `uuid-${++this.#uuids}`,
  })

  static async open(): Promise<Bench> {
    const bench = new Bench()
    await bench.streams.create('logs', { shardCount: 2, retentionHours: 24 })
    return bench
  }

  async process({ runs = true, functions = ['f', 'g', 'log-indexer'] } = {}): Promise<MappingControl> {
    const { clock, streams } = this
    const control = await runMappingControl({
      resources: streams.resources,
      streams,
      functions: this.#functions(functions),
      createMapper: async ({ uuid, streamName, functionName }, parameters) =>
        createEventSourceMapper({
          uuid,
          stream: await streams.get(streamName),
          functionName,
          invoker: this.invoker,
          deadLetters: streams.deadLetters,
          parameters,
          clock,
          random: this.#random,
        }),
      runs,
      clock,
      random: this.#random,
      onWarning: (message) => this.warnings.push(message),
    })
    this.#controls.push(control)
    return control
  }

  async create(changes: object = {}): Promise<string> {
    const { UUID } = await this.api.create({
      FunctionName: 'f',
      EventSourceArn: streamArn('logs'),
      StartingPosition: 'TRIM_HORIZON',
      ...changes,
    })
    return UUID
  }

  async put(...texts: string[]): Promise<void> {
    const stream = await this.streams.get('logs')
    await stream.put(texts.map((text) => ({ data: Buffer.from(text), partitionKey: 'key' })))
    await this.clock.advance(100)
  }

  async state(uuid: string): Promise<string> {
    return (await this.api.get(uuid)).State
  }

  async seed(mappings: readonly MappingDefinition[], deletesOthers = true): Promise<void> {
    const { clock, streams } = this
    await seedMappings({
      resources: streams.resources,
      clock,
      mappings,
      deletesOthers,
      onWarning: (message) => this.warnings.push(message),
    })
    await clock.advance(1_000)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const stopped = Promise.all(this.#controls.map((control) => control.stop()))
    await this.clock.advance(30_000)
    await stopped
    await this.streams.close()
  }

  #functions(names: readonly string[]) {
    return {
      names: () => names,
      parameterDefaults: (name: string) => ({ payload: 'batch', ...(name === 'log-indexer' && { BatchSize: 5_000 }) }),
    }
  }
}

const refusal = async (work: Promise<unknown>): Promise<LambdaApiError> =>
  work.then(
    () => expect.unreachable(),
    (error: unknown) => error as LambdaApiError,
  )

it('creates a mapping, in the order of its states, that does its work', async () => {
  await using it = await Bench.open()
  const created = await it.api.create({
    FunctionName: 'f',
    EventSourceArn: 'arn:aws:kinesis:eu-west-1:123456789012:stream/logs',
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 7,
    Millrace: { concurrencyMax: 3 },
  })
  expect(created).toMatchObject({
    UUID: 'uuid-1',
    EventSourceMappingArn: expect.stringMatching(/:event-source-mapping:uuid-1$/),
    EventSourceArn: streamArn('logs'),
    FunctionArn: expect.stringMatching(/:function:f$/),
    State: 'Creating',
    StateTransitionReason: 'User action',
    LastProcessingResult: 'No records processed',
    LastModified: it.clock.now() / 1000,
    BatchSize: 7,
    MaximumRetryAttempts: -1,
    StartingPosition: 'TRIM_HORIZON',
    Millrace: { concurrencyMax: 3, payload: 'batch' },
  } satisfies Partial<Record<keyof EventSourceMappingConfiguration, unknown>>)
  expect(created).not.toHaveProperty('Enabled')
  const states: string[] = []
  const watch = it.streams.resources.watch('event-source-mapping', new AbortController().signal)
  void (async () => {
    for await (const changes of watch) for (const { value } of changes) states.push((value as { state: string }).state)
  })().catch(() => {})
  await it.process()
  await it.put('a', 'b')
  expect(states).toEqual(['Creating', 'Enabling', 'Enabled'])
  expect(it.handled.map((each) => each[0])).toEqual(['a', 'b'])
  await it.clock.advance(5_000)
  expect(await it.api.get('uuid-1')).toMatchObject({ State: 'Enabled', LastProcessingResult: 'OK' })
})

it('tells what the last processing came to', async () => {
  await using it = await Bench.open()
  const uuid = await it.create()
  await it.process()
  it.invoker.handler = () => Promise.resolve(failure())
  await it.put('a')
  await it.clock.advance(10_000)
  expect((await it.api.list({}))[0]?.LastProcessingResult).toBe('PROBLEM: Function call failed')
  it.invoker.handler = ({ records }) => Promise.resolve(allSettled(records))
  await it.clock.advance(120_000)
  expect((await it.api.get(uuid)).LastProcessingResult).toBe('OK')
})

it('updates a mapping without losing or repeating a record', async () => {
  await using it = await Bench.open()
  const uuid = await it.create()
  const processes = [await it.process(), await it.process()]
  await it.put('a', 'b', 'c')
  expect((await it.api.update(uuid, { BatchSize: 1 })).State).toBe('Updating')
  await it.clock.advance(1_000)
  expect(await it.api.get(uuid)).toMatchObject({ State: 'Enabled', BatchSize: 1, ParallelizationFactor: 1 })
  await it.put('d', 'e')
  expect(it.handled.map((each) => each[0])).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(it.handled.slice(-2)).toEqual(['d@1', 'e@1'])
  // Those that ran go on: what they have counted adds up.
  const received = processes.flatMap((each) => each.mappings()).map(({ mapper }) => mapper.stats().received)
  expect(received.reduce((sum, count) => sum + count, 0)).toBe(5)
  await it.api.update(uuid, { FunctionName: 'g' })
  await it.clock.advance(1_000)
  expect((await it.api.get(uuid)).FunctionArn).toMatch(/:function:g$/)
})

it('keeps the tags of a mapping, which modify nothing of it', async () => {
  await using it = await Bench.open()
  const uuid = await it.create({ Tags: { team: 'search' } })
  await it.process()
  await it.clock.advance(1_000)
  const before = await it.api.get(uuid)
  expect(await it.api.tags(uuid)).toEqual({ team: 'search' })
  await it.clock.advance(1_000)
  await Promise.all([it.api.changeTags(uuid, { set: { stage: 'test' } }), it.api.changeTags(uuid, { remove: ['team', 'none'] })])
  expect(await it.api.tags(uuid)).toEqual({ stage: 'test' })
  await it.put('a')
  expect(it.handled).toEqual(['a@1'])
  expect(await it.api.get(uuid)).toEqual(before)
  await expect(it.api.tags('none')).rejects.toThrow('there is no mapping none')
})

it('pauses and resumes a mapping, and is Disabled once no process polls', async () => {
  await using it = await Bench.open()
  const uuid = await it.create()
  const processes = [await it.process(), await it.process()]
  await it.put('a')
  expect((await it.api.update(uuid, { Enabled: false })).State).toBe('Disabling')
  await it.clock.advance(1_000)
  expect(await it.state(uuid)).toBe('Disabled')
  expect(processes.flatMap((each) => each.mappings()).map(({ isRunning, mapper }) => [isRunning, mapper.explain().reason])).toEqual([
    [false, 'disabled'],
    [false, 'disabled'],
  ])
  await it.put('b')
  expect(it.handled).toEqual(['a@1'])
  expect((await it.api.update(uuid, { Enabled: true })).State).toBe('Enabling')
  await it.clock.advance(1_000)
  expect(await it.state(uuid)).toBe('Enabled')
  expect(it.handled).toEqual(['a@1', 'b@1'])
})

it('is not Disabled while an invocation is in hand somewhere', async () => {
  await using it = await Bench.open()
  const uuid = await it.create()
  await it.process()
  await it.process()
  const gate = Promise.withResolvers<void>()
  it.invoker.handler = ({ records }) => gate.promise.then(() => allSettled(records))
  await it.put('a')
  await it.api.update(uuid, { Enabled: false })
  await it.clock.advance(5_000)
  expect(await it.state(uuid)).toBe('Disabling')
  gate.resolve()
  await it.clock.advance(1_000)
  expect(await it.state(uuid)).toBe('Disabled')
})

it('creates a mapping that is not enabled as Disabled', async () => {
  await using it = await Bench.open()
  const uuid = await it.create({ Enabled: false })
  await it.process()
  await it.put('a')
  expect(await it.state(uuid)).toBe('Disabled')
  expect(it.handled).toEqual([])
})

it('deletes a mapping with its checkpoints, once every process has let go', async () => {
  await using it = await Bench.open()
  const uuid = await it.create()
  await it.process()
  await it.process()
  await it.put('a')
  const stream = await it.streams.get('logs')
  expect((await stream.lag(uuid)).reduce((sum, lag) => sum + lag.records, 0)).toBe(0)
  const gate = Promise.withResolvers<void>()
  it.invoker.handler = ({ records }) => gate.promise.then(() => allSettled(records))
  await it.put('b')
  expect((await it.api.delete(uuid)).State).toBe('Deleting')
  await it.clock.advance(5_000)
  expect(await it.state(uuid)).toBe('Deleting')
  expect(await refusal(it.api.delete(uuid))).toBeInstanceOf(ResourceInUseException)
  gate.resolve()
  await it.clock.advance(1_000)
  expect(await refusal(it.api.get(uuid))).toBeInstanceOf(ResourceNotFoundException)
  expect((await stream.lag(uuid)).reduce((sum, lag) => sum + lag.records, 0)).toBe(2)
  expect(await it.streams.resources.list('event-source-mapping-result')).toEqual([])
})

it('refuses what cannot be, in words of Lambda', async () => {
  await using it = await Bench.open()
  const uuid = await it.create()
  const request = { FunctionName: 'f', EventSourceArn: streamArn('logs'), StartingPosition: 'LATEST' as const }
  const refused = async (changes: object) => refusal(it.api.create({ ...request, ...changes }))
  expect(await refused({})).toMatchObject({ constructor: ResourceConflictException, message: expect.stringContaining(`with UUID ${uuid}`) })
  expect(await refused({ FunctionName: 'none' })).toMatchObject({
    constructor: ResourceNotFoundException,
    message: expect.stringMatching(/^Function not found: arn:.*:function:none$/),
  })
  const told = (Destination: string): object => ({ FunctionName: 'g', DestinationConfig: { OnFailure: { Destination } } })
  const invalid: readonly [object, RegExp][] = [
    [{ EventSourceArn: streamArn('none') }, /^Stream not found: arn:.*stream\/none/],
    [{ EventSourceArn: 'arn:aws:sqs:us-east-1:1:queue' }, /^Unrecognized event source/],
    [{ EventSourceArn: undefined }, /EventSourceArn is required/],
    [{ SelfManagedEventSource: {} }, /SelfManagedEventSource/],
    [{ FunctionName: 'g', StartingPosition: undefined }, /StartingPosition is required/],
    [{ FunctionName: 'g', StartingPosition: 'AT_TIMESTAMP' }, /StartingPositionTimestamp/],
    [told(streamArn('logs')), /own stream/],
    [told('kafka://failed'), /has no Kafka/],
    [told('arn:aws:sqs:us-east-1:1:queue'), /not supported/],
    [{ FunctionName: 'g', Millrace: { concurrencyMax: 0 } }, /concurrencyMax 0/],
    [{ FunctionName: 'g', Millrace: { unknown: 1 } }, /unknown/],
    [{ FunctionName: 'g', FilterCriteria: { Filters: [{ Pattern: '{"data":' }] } }, /Pattern|pattern/],
    [{ FunctionName: 'g', Millrace: { BatchSize: 1 } }, /BatchSize has its place in the request/],
  ]
  for (const [changes, message] of invalid) {
    const error = await refused(changes)
    expect(error).toBeInstanceOf(InvalidParameterValueException)
    expect(error.message).toMatch(message)
  }
  expect(await refusal(it.api.update(uuid, { BatchSize: 1 }))).toMatchObject({
    constructor: ResourceInUseException,
    message: expect.stringMatching(/^Cannot update the event source mapping because it is in use/),
  })
  expect(await refusal(it.api.delete(uuid))).toBeInstanceOf(ResourceInUseException)
  for (const work of [it.api.get('none'), it.api.update('none', {}), it.api.delete('none')]) {
    expect(await refusal(work)).toBeInstanceOf(ResourceNotFoundException)
  }
  await it.create({ FunctionName: 'g' })
  await it.process()
  await it.clock.advance(0)
  expect(await refusal(it.api.update(uuid, { FunctionName: 'g' }))).toBeInstanceOf(ResourceConflictException)
})

it('makes one of several mappings that are created at once for the same function and stream, or none', async () => {
  await using it = await Bench.open()
  const outcomes = await Promise.allSettled([it.create(), it.create(), it.create()])
  const made = outcomes.filter(({ status }) => status === 'fulfilled')
  expect(made.length).toBeLessThanOrEqual(1)
  await it.process()
  await it.clock.advance(1_000)
  expect(await it.api.list({})).toHaveLength(made.length)
})

it('lists by stream and function', async () => {
  await using it = await Bench.open()
  await it.streams.create('other', { shardCount: 1, retentionHours: 24 })
  await it.create()
  await it.create({ FunctionName: 'log-indexer' })
  await it.create({ EventSourceArn: streamArn('other') })
  const uuids = async (filter: object) => (await it.api.list(filter)).map(({ UUID }) => UUID)
  expect(await uuids({})).toEqual(['uuid-1', 'uuid-2', 'uuid-3'])
  expect(await uuids({ EventSourceArn: streamArn('logs') })).toEqual(['uuid-1', 'uuid-2'])
  expect(await uuids({ FunctionName: 'f', EventSourceArn: streamArn('other') })).toEqual(['uuid-3'])
  expect((await it.api.list({ FunctionName: 'log-indexer' }))[0]?.BatchSize).toBe(5_000)
})

it('leaves a mapping to the processes that have its function, and shows it where mappings are not run', async () => {
  await using it = await Bench.open()
  const uuid = await it.create()
  const without = await it.process({ functions: ['g'] })
  const shows = await it.process({ runs: false })
  await it.put('a')
  expect(await it.state(uuid)).toBe('Creating')
  expect(it.warnings).toEqual([expect.stringContaining('no function "f"')])
  expect([without, shows].map((each) => each.mappings().map(({ definition, isRunning }) => [definition.uuid, isRunning]))).toEqual([
    [[uuid, false]],
    [[uuid, false]],
  ])
  await it.process()
  await it.clock.advance(100)
  expect(await it.state(uuid)).toBe('Enabled')
  expect(it.handled).toEqual(['a@1'])
})

it('begins a mapping anew whose stream has gone and come back', async () => {
  await using it = await Bench.open()
  const uuid = await it.create()
  const process = await it.process()
  await it.put('a')
  await it.streams.delete('logs')
  await it.clock.advance(20_000)
  expect(process.mappings().map(({ isRunning }) => isRunning)).toEqual([false])
  expect((await it.api.get(uuid)).LastProcessingResult).toMatch(/^PROBLEM: No stream is called "logs"/)
  await it.streams.create('logs', { shardCount: 1, retentionHours: 24 })
  await it.clock.advance(60_000)
  await it.put('b')
  expect(it.handled.map((each) => each[0])).toEqual(['a', 'b'])
  await it.clock.advance(10_000)
  expect((await it.api.get(uuid)).LastProcessingResult).toBe('OK')
})

it('goes on where it was after a restart', async () => {
  await using it = await Bench.open()
  await it.create({ BatchSize: 3 })
  const before = await it.process()
  await it.put('a', 'b')
  const stopped = before.stop()
  await it.clock.advance(0)
  await stopped
  await it.put('c')
  const after = await it.process()
  await it.clock.advance(100)
  expect(it.handled.map((each) => each[0])).toEqual(['a', 'b', 'c'])
  expect(after.mappings()[0]?.definition.parameters.BatchSize).toBe(3)
})

const template = (uuid: string, changes: object = {}): MappingDefinition => ({
  uuid,
  streamName: 'logs',
  functionName: 'f',
  parameters: { StartingPosition: 'TRIM_HORIZON', ...changes },
})

it('keeps what was changed over the API while the text of the template is the same; a new text wins', async () => {
  await using it = await Bench.open()
  await it.process()
  await it.seed([template('t', { BatchSize: 10 })])
  expect(await it.api.get('t')).toMatchObject({ State: 'Enabled', BatchSize: 10 })
  await it.api.update('t', { BatchSize: 20, Enabled: false })
  await it.clock.advance(1_000)
  await it.seed([template('t', { BatchSize: 10 })])
  expect(await it.api.get('t')).toMatchObject({ State: 'Disabled', BatchSize: 20 })
  await it.seed([template('t', { BatchSize: 30 })])
  expect(await it.api.get('t')).toMatchObject({ State: 'Enabled', BatchSize: 30 })
})

it('leaves deleted what was deleted over the API, until the text changes', async () => {
  await using it = await Bench.open()
  await it.process()
  await it.seed([template('t')])
  await it.api.delete('t')
  await it.clock.advance(1_000)
  await it.seed([template('t')])
  expect(await it.api.list({})).toEqual([])
  await it.seed([template('t', { BatchSize: 1 })])
  expect(await it.api.get('t')).toMatchObject({ State: 'Enabled' })
})

it('deletes what is taken out of the template, and nothing that was made over the API', async () => {
  await using it = await Bench.open()
  await it.process()
  const other = await it.create({ FunctionName: 'g' })
  await it.seed([template('t')])
  await it.seed([], false)
  expect(await it.api.list({})).toHaveLength(2)
  await it.seed([])
  expect((await it.api.list({})).map(({ UUID }) => UUID)).toEqual([other])
  await it.seed([template('t')])
  expect(await it.api.get('t')).toMatchObject({ State: 'Enabled' })
})

it('does not make a mapping of the template where there is one of the same stream and function', async () => {
  await using it = await Bench.open()
  const uuid = await it.create()
  await it.process()
  await it.seed([template('t')])
  expect((await it.api.list({})).map(({ UUID }) => UUID)).toEqual([uuid])
  expect(it.warnings).toEqual([expect.stringContaining(`there is one already, ${uuid}`)])
})

it('is seeded once by processes that start at once', async () => {
  await using it = await Bench.open()
  await Promise.all([1, 2, 3].map(() => it.seed([template('t'), { ...template('u'), functionName: 'g' }])))
  await it.process()
  await it.put('a')
  expect((await it.api.list({})).map(({ UUID, State }) => [UUID, State])).toEqual([
    ['t', 'Enabled'],
    ['u', 'Enabled'],
  ])
  expect(it.handled).toHaveLength(2)
})
