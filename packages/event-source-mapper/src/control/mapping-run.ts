import { ConsumerInUseError, type Stream, StreamNotFoundError } from '@millrace/stream'
import { backoffMs } from '../backoff.ts'
import type { EventSourceMapper } from '../event-source-mapper.ts'
import type { MappingParameters } from '../mapping-parameters.ts'
import { messageOf } from '../warnings.ts'
import { pause } from '../waiting.ts'
import { effectiveParameters } from './effective-parameters.ts'
import type { KnownMapping, MappingControlOptions } from './mapping-control-options.ts'
import { type MappingDefinition, sourceOf } from './mapping-definition.ts'
import type { VersionedMapping } from './mapping-document.ts'
import { nextState } from './mapping-state.ts'
import type { MappingStore } from './mapping-store.ts'
import type { ProcessingResults } from './processing-results.ts'
import { RunningMapper } from './running-mapper.ts'

export interface MappingRunOptions extends MappingControlOptions {
  readonly store: MappingStore
  readonly results: ProcessingResults
}

/** Half of the longest wait before a mapper is begun anew that ended by itself. */
const restartMs = 5_000
const retry = { baseMs: 200, maxMs: 30_000 }
/** How often it is looked whether other processes have let go. */
const lookAgainMs = 250

/**
 * One mapping in this process: brings what runs here to what is wished for, step by step, and writes down how far that is. The latest wish counts: one that
 * comes while another is followed ends that.
 */
export class MappingRun {
  readonly uuid: string
  readonly #options: MappingRunOptions
  #wished: VersionedMapping | undefined
  #definition: MappingDefinition
  #mapper: EventSourceMapper | undefined
  #running: RunningMapper | undefined
  /** The mapper has run, and is told of only: none runs twice. */
  #isSpent = false
  #turn = new AbortController()
  #tried: () => void = () => {}
  #work: Promise<void> | undefined
  #isStopping = false
  /** The function that was told to be missing. */
  #missing: string | undefined

  constructor(wished: VersionedMapping, options: MappingRunOptions) {
    this.uuid = wished.uuid
    this.#options = options
    this.#wished = wished
    this.#definition = definitionOf(wished)
  }

  /** Undefined before its mapper could be made for the first time. */
  get known(): KnownMapping | undefined {
    const mapper = this.#mapper
    return mapper && { definition: this.#definition, mapper, isRunning: this.#running !== undefined }
  }

  get running(): RunningMapper | undefined {
    return this.#running
  }

  /** Undefined: the mapping is not there any more. Resolves as `follow` does. */
  async wish(wished: VersionedMapping | undefined): Promise<void> {
    if (wished !== undefined && this.#wished !== undefined && wished.version <= this.#wished.version) return
    this.#wished = wished
    await this.follow()
  }

  /** Does what is wished for. Resolves when it is done, waits for other processes, or has failed for the first time. */
  follow(): Promise<void> {
    this.#turn.abort()
    this.#turn = new AbortController()
    const { signal } = this.#turn
    const { promise, resolve } = Promise.withResolvers<void>()
    const before = this.#work ?? Promise.resolve()
    this.#work = before.then(() => {
      this.#tried = resolve
      return this.#untilDone(signal)
    })
    return promise
  }

  /** Settles the work in hand. The mapping stays as it is wished for. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#turn.abort()
    await this.#work
    await this.#stopMapper()
  }

  async #untilDone(signal: AbortSignal): Promise<void> {
    const { clock, random, onWarning } = this.#options
    for (let failures = 0; !signal.aborted && !this.#isStopping; failures++) {
      try {
        await this.#step(signal)
        break
      } catch (error) {
        this.#tried()
        if (signal.aborted || this.#isStopping) break
        const { streamName, functionName } = this.#definition
        onWarning(`The mapping ${this.uuid} of ${streamName} to ${functionName} is tried again: ${messageOf(error)}`)
        await this.#options.results.record(this.uuid, `PROBLEM: ${messageOf(error)}`).catch(() => {})
        await pause(clock, retry.baseMs + backoffMs(failures, retry, random), signal)
      }
    }
    this.#tried()
  }

  async #step(signal: AbortSignal): Promise<void> {
    const wished = this.#wished
    if (wished === undefined) return this.#letGo()
    const { state, parameters } = wished.document
    if (!this.#options.runs) return this.#show(wished)
    if (state === 'Deleting') return this.#delete(wished, signal)
    if (parameters.Enabled ?? true) return this.#run(wished, signal)
    await this.#stopMapper()
    await this.#show(wished)
    if (nextState(state, false) === state) return
    if (await this.#untilNobodySubscribes(signal)) await this.#options.store.change(wished, { state: nextState(state, false) })
  }

  async #run(wished: VersionedMapping, signal: AbortSignal): Promise<void> {
    const { functionName } = wished.document
    if (!this.#options.functions.names().includes(functionName)) {
      await this.#stopMapper()
      await this.#show(wished)
      return this.#warnOfMissing(wished)
    }
    let present = wished
    if (present.document.state === 'Creating') {
      const next = await this.#options.store.change(present, { state: 'Enabling' })
      // Changed meanwhile: that comes as another wish. What is wished for of the mapper is the same until then.
      present = next ?? present
    }
    // Another way to sign in at Kafka takes other connections.
    if (JSON.stringify(wished.document.kafka) !== JSON.stringify(this.#definition.kafka)) await this.#stopMapper()
    if (this.#running === undefined) {
      await this.#show(wished)
      if (signal.aborted) return
      this.#start()
    } else if (!isSame(definitionOf(wished), this.#definition)) {
      const definition = definitionOf(wished)
      this.#running.mapper.update({ functionName, parameters: this.#parametersOf(definition) })
      this.#definition = definition
    }
    const { state } = present.document
    if (nextState(state, true) !== state) await this.#options.store.change(present, { state: nextState(state, true) })
  }

  #warnOfMissing({ document: { streamName, functionName } }: VersionedMapping): void {
    if (this.#missing === functionName) return
    this.#missing = functionName
    this.#options.onWarning(
      `The mapping ${this.uuid} of ${streamName} is left to other processes: this one has no function "${functionName}".`,
    )
  }

  /** Makes the mapper that is told of, unless it is there. */
  async #show(wished: VersionedMapping): Promise<void> {
    const definition = definitionOf(wished)
    if (this.#mapper !== undefined && !this.#isSpent && isSame(definition, this.#definition)) return
    this.#mapper = await this.#options.createMapper(definition, this.#parametersOf(definition))
    this.#isSpent = false
    this.#definition = definition
  }

  #parametersOf(definition: MappingDefinition): MappingParameters {
    return effectiveParameters(definition, this.#options.functions, this.#options.clock.now())
  }

  #start(): void {
    const running = new RunningMapper(this.#mapper as EventSourceMapper)
    this.#running = running
    this.#isSpent = true
    void running.ended.then((error) => {
      if (error === undefined || this.#running !== running) return
      // The stream is gone, or something alike: it is begun anew, should it come back.
      this.#running = undefined
      this.#failed(error)
    })
  }

  #failed(error: Error): void {
    const { streamName, functionName } = this.#definition
    this.#options.onWarning(`The mapping ${this.uuid} of ${streamName} to ${functionName} has ended by itself: ${error.message}`)
    this.#options.results.record(this.uuid, `PROBLEM: ${error.message}`).catch(() => {})
    void pause(this.#options.clock, restartMs * (1 + this.#options.random()), this.#turn.signal).then(() => {
      if (!this.#isStopping && this.#running === undefined) return this.follow()
    })
  }

  async #stopMapper(): Promise<void> {
    const running = this.#running
    if (running === undefined) return
    await running.stop()
    this.#running = undefined
    const result = running.look()
    const isLeaving = this.#wished === undefined || this.#wished.document.state === 'Deleting'
    if (result !== undefined && !isLeaving) await this.#options.results.record(this.uuid, result).catch(() => {})
  }

  async #delete(wished: VersionedMapping, signal: AbortSignal): Promise<void> {
    await this.#stopMapper()
    if (!(await this.#untilNobodySubscribes(signal))) return
    await this.#forgetConsumer()
    if (await this.#options.store.remove(wished)) await this.#options.results.forget(this.uuid)
  }

  /** The mapping is deleted: another process has seen that everyone let go, and this one may have noted checkpoints since. */
  async #letGo(): Promise<void> {
    await this.#stopMapper()
    if (!this.#options.runs) return
    await this.#forgetConsumer().catch((error: unknown) => {
      // Others may come to it later, and what remains is no harm but to a mapping of the same UUID.
      if (!(error instanceof ConsumerInUseError)) throw error
    })
  }

  async #forgetConsumer(): Promise<void> {
    await this.#unlessForeign(undefined, async () => (await this.#stream())?.forgetConsumer(this.uuid))
  }

  /** A Kafka of others that does not answer must not keep a mapping from being switched off, or from being deleted. */
  async #unlessForeign<Result>(otherwise: Result, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      if (this.#definition.kafka === undefined || error instanceof ConsumerInUseError) throw error
      this.#options.onWarning(`The mapping ${this.uuid} is let go without its Kafka: ${messageOf(error)}`)
      return otherwise
    }
  }

  /** Whether that has come, rather than another wish. */
  async #untilNobodySubscribes(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted && !this.#isStopping) {
      if (!(await this.#unlessForeign(false, async () => (await this.#stream())?.hasSubscribers(this.uuid)))) return true
      this.#tried()
      await pause(this.#options.clock, lookAgainMs, signal)
    }
    return false
  }

  /** Undefined where it is gone, with everything that was kept of its consumers. */
  async #stream(): Promise<Stream | undefined> {
    try {
      return await sourceOf(this.#options, this.#definition)
    } catch (error) {
      if (error instanceof StreamNotFoundError) return undefined
      throw error
    }
  }
}

function definitionOf({ uuid, document: { streamName, functionName, parameters, kafka } }: VersionedMapping): MappingDefinition {
  return { uuid, streamName, functionName, parameters, ...(kafka === undefined ? {} : { kafka }) }
}

function isSame(one: MappingDefinition, other: MappingDefinition): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
