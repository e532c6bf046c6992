import type { InvocationResult, RecordOutcome } from '@millrace/function'
import { FunctionNotFoundError, PayloadTooLargeError, TooManyRequestsError } from '@millrace/function'
import type { StreamRecord } from '@millrace/stream'
import type { ManualClock } from '@millrace/testing'
import type { MappingParameters } from '../mapping-parameters.ts'
import type { Dice } from './dice.ts'
import type { FakeFunction, FakeInvocation } from './fake-invoker.ts'
import { allSettled, failure, outcomes, returned } from './fake-invoker.ts'
import type { FakeStream, Ownership } from './fake-stream.ts'
import type { Truth } from './truth.ts'

export interface SimulatedWorld {
  readonly dice: Dice
  readonly clock: ManualClock
  readonly stream: FakeStream
  readonly truth: Truth
  readonly parameters: MappingParameters
  /** Called with a broken promise: what a handler throws would be taken as the handler's failure. */
  readonly onBroken: (error: unknown) => void
}

/** A function that fails in every way there is, and tells the truth about it. */
export function simulatedFunction(world: SimulatedWorld): FakeFunction {
  const { dice, clock, stream, truth, onBroken } = world
  return async (invocation) => {
    const ownership = stream.ownershipOf(invocation.source)
    const positions = invocation.records.map((record) => record.position).join(' ')
    truth.note(`${clock.now()} ${invocation.source.shard.shardId} invoke ${positions}`)
    try {
      truth.began(ownership, invocation, clock.now())
    } catch (error) {
      onBroken(error)
    }
    try {
      refuse(world, ownership, invocation)
      await new Promise<void>((resolve) => clock.schedule(dice.chance(0.03) ? 20_000 : dice.below(200), resolve))
      truth.ran(ownership, invocation)
      const result = answer(world, ownership, invocation.records)
      truth.note(
        `${clock.now()} ${invocation.source.shard.shardId} answers ${positions}: ${JSON.stringify(result.kind === 'outcomes' ? result.outcomes : result)}`,
      )
      return result
    } finally {
      truth.ended(ownership, invocation)
    }
  }
}

/** The function is not run at all. */
function refuse({ dice, truth, stream, parameters }: SimulatedWorld, ownership: Ownership, { records }: FakeInvocation): void {
  if (dice.fault(0.03)) throw new TooManyRequestsError('Too many.')
  if (dice.fault(0.02)) throw new FunctionNotFoundError('f', [])
  if (dice.fault(0.03) && parameters.payload === 'lambda') {
    const [only] = records
    if (records.length === 1 && only !== undefined) truth.tries(ownership, only.position).terminal = true
    throw new PayloadTooLargeError(`Too large, over ${stream.name}'s limit.`)
  }
}

function answer(world: SimulatedWorld, ownership: Ownership, records: readonly StreamRecord[]): InvocationResult {
  const { dice, truth, parameters } = world
  if (dice.fault(0.15)) {
    for (const record of records) truth.tries(ownership, record.position).errors++
    if (parameters.payload === 'batch' && dice.chance(0.3)) return outcomes([])
    return failure()
  }
  const partial = dice.fault(0.4)
  if (parameters.payload === 'batch')
    return partial ? mixed(world, ownership, records) : settle(world, ownership, records, allSettled(records))
  if (!partial || parameters.FunctionResponseTypes.length === 0) return settle(world, ownership, records, returned(null))
  const lowest = dice.below(records.length)
  for (const [index, record] of records.entries()) {
    if (index < lowest) truth.handled(ownership, record.position)
    else truth.tries(ownership, record.position).errors++
  }
  return returned({ batchItemFailures: records.slice(lowest).map((record) => ({ itemIdentifier: record.sequenceNumber })) })
}

function settle(
  { truth }: SimulatedWorld,
  ownership: Ownership,
  records: readonly StreamRecord[],
  result: InvocationResult,
): InvocationResult {
  for (const record of records) truth.handled(ownership, record.position)
  return result
}

/** An outcome for each record. A handler keeps the order of a key within a batch: behind one that is not settled, none is. */
function mixed({ dice, truth }: SimulatedWorld, ownership: Ownership, records: readonly StreamRecord[]): InvocationResult {
  const held = new Set<string>()
  return outcomes(
    records.map((record): RecordOutcome => {
      const tries = truth.tries(ownership, record.position)
      if (!held.has(record.partitionKey) && dice.chance(0.6)) {
        truth.handled(ownership, record.position)
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
