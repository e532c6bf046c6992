import type { InvocationResult, RecordOutcome } from '@millrace/function'
import { FunctionNotFoundError, PayloadTooLargeError, TooManyRequestsError } from '@millrace/function'
import type { StreamRecord } from '@millrace/stream'
import type { ManualClock } from '@millrace/testing'
import type { MappingParameters } from '../mapping-parameters.ts'
import { windowStateBytesMax } from '../window/open-window.ts'
import type { Dice } from './dice.ts'
import type { FakeFunction, FakeInvocation } from './fake-invoker.ts'
import { allSettled, failure, outcomes, returned } from './fake-invoker.ts'
import type { FakeStream, Ownership } from './fake-stream.ts'
import type { ParameterHistory } from './parameter-history.ts'
import type { Truth } from './truth.ts'

export interface SimulatedWorld {
  readonly dice: Dice
  readonly clock: ManualClock
  readonly stream: FakeStream
  readonly truth: Truth
  readonly parameters: ParameterHistory
  /** Called with a broken promise: what a handler throws would be taken as the handler's failure. */
  readonly onBroken: (error: unknown) => void
}

const tooLarge = 'x'.repeat(windowStateBytesMax)

/** A function that fails in every way there is, and tells the truth about it. */
export function simulatedFunction(world: SimulatedWorld): FakeFunction {
  return (invocation) => new SimulatedInvocation(world, invocation).run()
}

/** One invocation. */
class SimulatedInvocation {
  readonly #world: SimulatedWorld
  readonly #invocation: FakeInvocation
  readonly #records: readonly StreamRecord[]
  readonly #ownership: Ownership
  /** As they were when it began: its answer is read by them. */
  readonly #begun: MappingParameters

  constructor(world: SimulatedWorld, invocation: FakeInvocation) {
    this.#world = world
    this.#invocation = invocation
    this.#records = invocation.records
    this.#ownership = world.stream.ownershipOf(invocation.source)
    this.#begun = world.parameters.now
  }

  async run(): Promise<InvocationResult> {
    const { dice, clock, truth, onBroken } = this.#world
    this.#note('invoke', '')
    try {
      truth.began(this.#ownership, this.#invocation, clock.now())
    } catch (error) {
      onBroken(error)
    }
    try {
      this.#refuse()
      await new Promise<void>((resolve) => clock.schedule(dice.chance(0.03) ? 20_000 : dice.below(200), resolve))
      truth.ran(this.#ownership, this.#invocation)
      const result = this.#invocation.window?.isFinalInvokeForWindow === true ? this.#close() : this.#answer()
      this.#note('answers', JSON.stringify(result.kind === 'outcomes' ? result.outcomes : result).slice(0, 300))
      return result
    } finally {
      truth.ended(this.#ownership, this.#invocation)
    }
  }

  #note(what: string, more: string): void {
    const { source, window } = this.#invocation
    const positions = this.#records.map((record) => record.position).join(' ')
    const frame =
      window === undefined ? '' : ` window ${window.start} final ${window.isFinalInvokeForWindow} early ${window.isWindowTerminatedEarly}`
    this.#world.truth.note(`${this.#world.clock.now()} ${source.shard.shardId} ${what} ${positions}${frame} ${more}`)
  }

  /** The function is not run at all. */
  #refuse(): void {
    const { dice, truth, stream } = this.#world
    if (dice.fault(0.03)) throw new TooManyRequestsError('Too many.')
    if (dice.fault(0.02)) throw new FunctionNotFoundError('f', [])
    if (this.#records.length > 0 && this.#begun.payload === 'lambda' && dice.fault(0.03)) {
      const [only] = this.#records
      if (this.#records.length === 1 && only !== undefined) truth.tries(this.#ownership, only.position).terminal = true
      throw new PayloadTooLargeError(`Too large, over ${stream.name}'s limit.`)
    }
  }

  #close(): InvocationResult {
    const failed = this.#world.dice.fault(0.3)
    this.#world.truth.windowOf(this.#ownership).finished(!failed)
    return failed ? failure() : returned(null)
  }

  #answer(): InvocationResult {
    const { dice } = this.#world
    const { payload, FunctionResponseTypes } = this.#begun
    if (dice.fault(0.15)) {
      this.#failWhole()
      if (payload === 'batch' && dice.chance(0.3)) return outcomes([])
      // No "state" where there has to be one.
      return this.#invocation.window !== undefined && dice.chance(0.3) ? returned({ batchItemFailures: [] }) : failure()
    }
    const partial = dice.fault(0.4)
    if (payload === 'batch') {
      if (partial) return this.#mixed()
      this.#settle(this.#records)
      return allSettled(this.#records)
    }
    if (partial && FunctionResponseTypes.length > 0) return this.#partial()
    this.#settle(this.#records)
    return returned(this.#invocation.window === undefined ? null : { state: this.#gather(this.#records) })
  }

  /** Reports some records as failed. */
  #partial(): InvocationResult {
    const { dice, truth } = this.#world
    const items = this.#records.filter(() => dice.chance(0.4))
    if (items.length === 0) items.push(this.#records.at(-1) as StreamRecord)
    const from = this.#records.indexOf(items[0] as StreamRecord)
    const failed = this.#begun.retryFailedItemsOnly ? items : this.#records.slice(from)
    const succeeded = this.#records.filter((record) => !failed.includes(record))
    const batchItemFailures = items.reverse().map((record) => ({ itemIdentifier: record.sequenceNumber }))
    if (succeeded.length === 0) this.#failWhole()
    else {
      // Split there, the remainder has spent nothing.
      const spends = this.#begun.retryFailedItemsOnly || !this.#world.parameters.now.BisectBatchOnFunctionError
      if (spends) for (const record of failed) truth.tries(this.#ownership, record.position).errors++
      this.#settle(succeeded)
    }
    if (this.#invocation.window === undefined) return returned({ batchItemFailures })
    return returned({ batchItemFailures, state: succeeded.length === 0 ? {} : this.#gather(succeeded) })
  }

  #failWhole(): void {
    const { truth, parameters } = this.#world
    if (parameters.now.BisectBatchOnFunctionError && this.#records.length > 1) return
    for (const record of this.#records) truth.tries(this.#ownership, record.position).errors++
  }

  #settle(records: readonly StreamRecord[]): void {
    for (const record of records) this.#world.truth.handled(this.#ownership, record.position)
  }

  #gather(records: readonly StreamRecord[]): unknown {
    const { dice, truth } = this.#world
    const window = truth.windowOf(this.#ownership)
    const large = dice.chance(0.01)
    const state = window.stateWith(records, large ? tooLarge : '')
    window.gathered(state, records, large)
    return JSON.parse(state)
  }

  /** An outcome for each record. A handler keeps the order of a key within a batch: behind one that is not settled, none is. */
  #mixed(): InvocationResult {
    const { dice, truth } = this.#world
    const held = new Set<string>()
    return outcomes(
      this.#records.map((record): RecordOutcome => {
        const tries = truth.tries(this.#ownership, record.position)
        if (!held.has(record.partitionKey) && dice.chance(0.6)) {
          truth.handled(this.#ownership, record.position)
          return { outcome: 'settled' }
        }
        if (!held.has(record.partitionKey) && dice.chance(0.2)) {
          tries.terminal = true
          return { outcome: 'terminal', reason: 'never' }
        }
        held.add(record.partitionKey)
        const cause = dice.chance(0.4) ? 'overload' : 'error'
        if (cause === 'error') tries.errors++
        return { outcome: 'retry', cause, reason: cause, ...(dice.chance(0.3) && { afterMs: dice.below(2_000) }) }
      }),
    )
  }
}
