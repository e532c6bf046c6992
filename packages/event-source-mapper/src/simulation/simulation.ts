import { DestinationError } from '@millrace/function'
import { ManualClock } from '@millrace/testing'
import type { EventSourceMapper } from '../event-source-mapper.ts'
import { createEventSourceMapper } from '../event-source-mapper.ts'
import type { MappingParameters } from '../mapping-parameters.ts'
import { Dice } from './dice.ts'
import { drawParameters } from './draw-parameters.ts'
import { FakeDeadLetters } from './fake-dead-letters.ts'
import { FakeInvoker } from './fake-invoker.ts'
import { FakeDestinations } from './fake-destinations.ts'
import type { Ownership } from './fake-stream.ts'
import { FakeStream } from './fake-stream.ts'
import { ParameterHistory } from './parameter-history.ts'
import { promise } from './promise.ts'
import { simulatedFunction } from './simulated-function.ts'
import { Truth } from './truth.ts'

/** A process: it is stopped, and another one takes over. */
interface Process {
  readonly mapper: EventSourceMapper
  readonly invoker: FakeInvoker
  readonly controller: AbortController
  readonly running: Promise<void>
  ended: boolean
}

const steps = 30

/** Everything that happens follows from the seed. */
export class Simulation {
  readonly truth: Truth
  readonly #dice: Dice
  readonly #clock = new ManualClock()
  readonly #stream: FakeStream
  readonly #deadLetters = new FakeDeadLetters()
  readonly #destinations = new FakeDestinations()
  readonly #parameters: ParameterHistory
  readonly #updates: boolean
  readonly #reshards: boolean
  readonly #checkpointing = new Set<Ownership>()
  #broken: { readonly error: unknown } | undefined

  constructor(seed: number) {
    this.#dice = new Dice(seed)
    this.#stream = new FakeStream(1 + this.#dice.below(4))
    this.#updates = this.#dice.chance(0.5)
    this.#reshards = this.#dice.chance(0.3)
    this.#parameters = new ParameterHistory(drawParameters(this.#dice, this.#dice.of('lambda', 'lambda', 'batch'), this.#clock.now()))
    this.truth = new Truth(this.#parameters, this.#deadLetters.letters)
    this.truth.note(JSON.stringify(this.#parameters.now))
    this.#failNowAndThen()
  }

  /** Rejects when a promise is broken. */
  async run(): Promise<void> {
    let process = this.#start()
    for (let step = 0; step < steps; step++) {
      this.#happen()
      if (this.#updates && this.#dice.chance(0.15)) this.#update(process)
      await this.#advance(process, this.#dice.of(0, 10, 100, 1_000, 5_000))
      if (this.#dice.chance(0.05)) process = await this.#restart(process)
    }
    this.truth.note('calm')
    this.#dice.faults = false
    if (!this.#parameters.now.Enabled) this.#change(process, { ...this.#parameters.now, Enabled: true })
    this.#stream.assign()
    for (let waited = 0; waited < 50 && !this.#done(); waited++) await this.#advance(process, 30_000)
    this.#finished()
    await this.#stop(process)
  }

  /** Records arrive, and shards change hands. */
  #happen(): void {
    const dice = this.#dice
    for (const shard of this.#stream.fakeShards.filter(({ closed }) => !closed)) {
      for (let count = dice.of(0, 1, 3, 20); count > 0; count--) {
        const data = new Uint8Array(dice.below(40))
        const arrival = this.#clock.now() - dice.of(0, 0, 0, 3_000)
        shard.append(`k${dice.below(6)}`, data, arrival, dice.chance(0.1) ? dice.below(5) : 0)
      }
      if (!dice.fault(0.05)) continue
      this.truth.note(`${this.#clock.now()} ${shard.source.shard.shardId} revoked`)
      this.#stream.revoke(shard)
    }
    if (this.#reshards && dice.chance(0.1)) this.#reshard()
    if (dice.chance(0.4)) this.#stream.assign()
    if (dice.fault(0.02)) this.#stream.readError = Object.assign(new Error('read'), { retryable: true })
  }

  #reshard(): void {
    const open = this.#stream.fakeShards.filter(({ closed }) => !closed)
    const parents = open.length > 1 && this.#dice.chance(0.5) ? open.slice(0, 2) : open.slice(-1)
    if (this.#stream.fakeShards.length > 12) return
    this.truth.note(`${this.#clock.now()} reshard ${parents.map(({ source }) => source.shard.shardId).join(' ')}`)
    this.#stream.reshard(parents)
  }

  #update(process: Process): void {
    const drawn = drawParameters(this.#dice, this.#parameters.now.payload, this.#clock.now())
    this.#change(process, { ...drawn, Enabled: this.#dice.chance(0.9) })
  }

  #change({ mapper }: Process, parameters: MappingParameters): void {
    this.truth.note(`${this.#clock.now()} update ${JSON.stringify(parameters)}`)
    this.#parameters.change(parameters)
    mapper.update({ parameters })
  }

  async #advance(process: Process, milliseconds: number): Promise<void> {
    await this.#clock.advance(milliseconds)
    this.#check(process)
  }

  #check({ mapper, invoker }: Process): void {
    if (this.#broken !== undefined) throw this.#broken.error
    const stats = mapper.stats()
    const { received, settled, filtered, deadLettered, inFlight, abandoned } = stats
    promise(received === settled + filtered + deadLettered + inFlight + abandoned, 'the counters add up')
    promise(inFlight === stats.shards.reduce((sum, shard) => sum + shard.inFlight, 0), 'what is in flight is in flight in a shard')
    const most = (read: (parameters: MappingParameters) => number): number => this.#parameters.most(read)
    const { eventCounts } = stats
    promise(
      deadLettered === eventCounts.DroppedEventCount + eventCounts.OnFailureDestinationDeliveredEventCount,
      'what is given up was told, or is counted as dropped',
    )
    promise(invoker.activeMost <= most((each) => each.concurrencyMax), 'no more than concurrencyMax at once')
    promise(invoker.permits >= 0 && invoker.permits <= stats.concurrency.active, 'permits are given back')
    promise(mapper.explain().message !== '', 'there is a reason')
    for (const shard of stats.shards) {
      promise(shard.windowRecords <= most((each) => each.inFlightRecordsMax), 'the window in records is kept')
      promise(shard.windowBytes <= most((each) => each.inFlightBytesMax), 'the window in bytes is kept')
      promise(shard.inFlight <= shard.windowRecords, 'what is unsettled is in the window')
    }
  }

  #done(): boolean {
    return this.#stream.fakeShards.every((shard) => shard.checkpoint > (shard.records.at(-1)?.position ?? -1))
  }

  #finished(): void {
    for (const shard of this.#stream.fakeShards) {
      promise(
        shard.records.every((record) => this.truth.resolved(shard, record)),
        'every record is settled in the end',
      )
    }
    promise(this.#done(), 'the checkpoint arrives at the end')
  }

  #start(): Process {
    const { truth } = this
    truth.note(`${this.#clock.now()} start`)
    const world = {
      dice: this.#dice,
      clock: this.#clock,
      stream: this.#stream,
      truth,
      parameters: this.#parameters,
      onBroken: this.#onBroken,
    }
    const invoker = new FakeInvoker(simulatedFunction(world))
    invoker.beforePermit = async () => {
      if (this.#dice.chance(0.1)) await this.#time(this.#dice.below(300))
    }
    const mapper = createEventSourceMapper({
      uuid: 'u',
      stream: this.#stream,
      functionName: 'f',
      invoker,
      deadLetters: this.#deadLetters,
      destinations: this.#destinations,
      parameters: this.#parameters.now,
      clock: this.#clock,
      random: this.#dice.random,
    })
    const controller = new AbortController()
    const process: Process = { mapper, invoker, controller, running: mapper.run(controller.signal), ended: false }
    process.running.then(() => {
      process.ended = true
    }, this.#onBroken)
    return process
  }

  async #restart(process: Process): Promise<Process> {
    await this.#stop(process)
    return this.#start()
  }

  async #stop(process: Process): Promise<void> {
    this.truth.note(`${this.#clock.now()} stop`)
    process.controller.abort()
    await this.#advance(process, this.#parameters.most((each) => each.shutdownGraceMs) + 1)
    promise(process.ended, 'the mapper ends within the grace')
    promise(process.mapper.stats().inFlight === 0, 'nothing is in flight after the end')
    promise(process.mapper.stats().bufferedBytes === 0, 'nothing is buffered after the end')
  }

  #failNowAndThen(): void {
    this.#deadLetters.beforeAdd = async (letters) => {
      const shard = this.#stream.fakeShards.find((candidate) => candidate.source.shard.shardId === letters[0]?.shardId)
      this.truth.note(
        `${this.#clock.now()} dead letters ${shard?.source.shard.shardId} ${letters.map((letter) => letter.position).join(' ')}`,
      )
      this.#hold(() => this.truth.givenUp(shard && this.#stream.ownerOf(shard), letters, this.#clock.now()))
      if (this.#dice.chance(0.3)) await this.#time(this.#dice.below(500))
      if (this.#dice.fault(0.3)) throw new Error('The dead letters cannot be written.')
    }
    this.#destinations.beforeDeliver = async ({ requestContext, KinesisBatchInfo: info }) => {
      const { shardId, startSequenceNumber, endSequenceNumber } = info as NonNullable<typeof info>
      this.truth.note(`${this.#clock.now()} tell ${shardId} ${startSequenceNumber} ${endSequenceNumber} ${requestContext.condition}`)
      this.truth.told(startSequenceNumber, endSequenceNumber)
      if (this.#dice.chance(0.3)) await this.#time(this.#dice.below(500))
      if (this.#dice.fault(0.2)) throw new DestinationError('The destination is away.', this.#dice.chance(0.8))
    }
    this.#stream.beforeCheckpoint = async (ownership, position) => {
      this.truth.note(`${this.#clock.now()} checkpoint ${ownership.shard.source.shard.shardId} ${position}`)
      this.#hold(() => {
        promise(!this.#checkpointing.has(ownership), 'one checkpoint of a shard at a time')
        this.truth.checkpointed(ownership, position)
      })
      this.#checkpointing.add(ownership)
      try {
        if (this.#dice.chance(0.3)) await this.#time(this.#dice.below(500))
        if (this.#dice.fault(0.2)) throw new Error('The checkpoint cannot be written.')
      } finally {
        this.#checkpointing.delete(ownership)
      }
    }
  }

  #time(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.#clock.schedule(milliseconds, resolve))
  }

  #hold(check: () => void): void {
    try {
      check()
    } catch (error) {
      this.#onBroken(error)
    }
  }

  readonly #onBroken = (error: unknown): void => {
    this.#broken ??= { error }
  }
}
