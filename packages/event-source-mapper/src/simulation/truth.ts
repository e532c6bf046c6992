import type { DeadLetter } from '@millrace/stream'
import type { MappingParameters } from '../mapping-parameters.ts'
import type { FakeInvocation } from './fake-invoker.ts'
import type { FakeShard, Ownership } from './fake-stream.ts'

/** What became of a record within one ownership of its shard. */
interface Tries {
  invocations: number
  errors: number
  handled: boolean
  terminal: boolean
}

/** What really happened, as the world outside of the mapper sees it; and the promises that it is held against. */
export class Truth {
  /** For the report of a seed that fails. */
  readonly history: string[] = []
  readonly #parameters: MappingParameters
  readonly #letters: ReadonlyMap<string, DeadLetter>
  readonly #handled = new Set<string>()
  readonly #tries = new Map<Ownership, Map<number, Tries>>()
  readonly #underWay = new Map<Ownership, Set<FakeInvocation>>()

  constructor(parameters: MappingParameters, letters: ReadonlyMap<string, DeadLetter>) {
    this.#parameters = parameters
    this.#letters = letters
  }

  note(event: string): void {
    this.history.push(event)
  }

  tries(ownership: Ownership, position: number): Tries {
    const all = this.#tries.get(ownership) ?? new Map<number, Tries>()
    this.#tries.set(ownership, all)
    const tries = all.get(position) ?? { invocations: 0, errors: 0, handled: false, terminal: false }
    all.set(position, tries)
    return tries
  }

  /** An invocation begins: may it? */
  began(ownership: Ownership, invocation: FakeInvocation, now: number): void {
    const { BatchSize, ParallelizationFactor, MaximumRetryAttempts, MaximumRecordAgeInSeconds, batchBytesMax, payload } = this.#parameters
    const { records } = invocation
    promise(!ownership.revoked.signal.aborted, 'nothing is invoked for a revoked shard')
    promise(records.length > 0 && records.length <= BatchSize, 'a batch has 1 to BatchSize records')
    const bytes = records.reduce((sum, record) => sum + record.data.byteLength, 0)
    promise(payload === 'lambda' || records.length === 1 || bytes <= batchBytesMax, 'a batch has at most batchBytesMax bytes')
    const others = this.#underWay.get(ownership) ?? new Set()
    this.#underWay.set(ownership, others.add(invocation))
    promise(others.size <= ParallelizationFactor, 'a shard has ParallelizationFactor invocations at once')
    const keys = new Map<string, number>()
    for (const other of others)
      for (const key of new Set(other.records.map((record) => record.partitionKey))) keys.set(key, (keys.get(key) ?? 0) + 1)
    const inBatch = new Set<number>()
    let last = -1
    for (const record of records) {
      const tries = this.tries(ownership, record.position)
      promise(record.position > last, 'a batch ascends')
      promise(keys.get(record.partitionKey) === 1, 'a key is in one invocation at a time')
      promise(!tries.handled && !tries.terminal, 'a settled record is not repeated by the same owner')
      promise(MaximumRetryAttempts < 0 || tries.errors <= MaximumRetryAttempts, 'no repeats past MaximumRetryAttempts')
      promise(
        MaximumRecordAgeInSeconds < 0 || now - record.approximateArrivalTimestamp <= MaximumRecordAgeInSeconds * 1000,
        'no invocation past MaximumRecordAgeInSeconds',
      )
      const before = this.#before(ownership.shard, record.partitionKey, record.position)
      promise(before === undefined || inBatch.has(before) || this.resolved(ownership.shard, before), 'the records of a key come in order')
      inBatch.add(record.position)
      last = record.position
    }
  }

  /** The function was run on the records of the invocation. */
  ran(ownership: Ownership, invocation: FakeInvocation): void {
    for (const record of invocation.records) this.tries(ownership, record.position).invocations++
  }

  ended(ownership: Ownership, invocation: FakeInvocation): void {
    this.#underWay.get(ownership)?.delete(invocation)
  }

  handled(ownership: Ownership, position: number): void {
    this.tries(ownership, position).handled = true
    this.#handled.add(id(ownership.shard, position))
  }

  /** Letters are about to be kept: may they? */
  givenUp(ownership: Ownership | undefined, letters: readonly DeadLetter[], now: number): void {
    promise(ownership !== undefined, 'nothing is dead-lettered for a revoked shard')
    const { MaximumRetryAttempts: retries, MaximumRecordAgeInSeconds: ageMax } = this.#parameters
    for (const { position, condition, attempts, approximateArrivalTimestamp, data, partitionKey } of letters) {
      const tries = this.tries(ownership, position)
      const record = ownership.shard.records.find((candidate) => candidate.position === position)
      promise(record?.data === data && record.partitionKey === partitionKey, 'a dead letter has the bytes and the key of its record')
      promise(attempts === tries.invocations, 'a dead letter tells the invocations of its record')
      promise(!tries.handled, 'a handled record is no dead letter')
      if (condition === 'RetryAttemptsExhausted')
        promise(retries >= 0 && tries.errors === retries + 1, 'attempts are exhausted when they are used up')
      else if (condition === 'Terminal') promise(tries.terminal, 'terminal is what the handler called so')
      else promise(ageMax >= 0 && now - approximateArrivalTimestamp > ageMax * 1000, 'expired is what is older than allowed')
    }
  }

  /** A checkpoint is about to be stored: may it? */
  checkpointed(ownership: Ownership, position: number): void {
    promise(!ownership.revoked.signal.aborted, 'no checkpoint for a revoked shard')
    for (const record of ownership.shard.records) {
      if (record.position >= position) break
      promise(this.resolved(ownership.shard, record.position), `the checkpoint passes settled records only (not ${record.position})`)
    }
  }

  resolved(shard: FakeShard, position: number): boolean {
    if (this.#handled.has(id(shard, position))) return true
    const { incarnation, shard: identity } = shard.source
    return this.#letters.has(`u-${incarnation}-${identity.index.toString(36)}-${position.toString(36)}`)
  }

  /** Position of the last record of the key before this one. */
  #before(shard: FakeShard, key: string, position: number): number | undefined {
    return shard.records.findLast((record) => record.position < position && record.partitionKey === key)?.position
  }
}

/** Throws when a promise of the mapper is broken. */
export function promise(kept: boolean, words: string): asserts kept {
  if (!kept) throw new BrokenPromiseError(words)
}

class BrokenPromiseError extends Error {
  override readonly name = 'BrokenPromiseError'
}

function id(shard: FakeShard, position: number): string {
  return `${shard.source.shard.index}:${position}`
}
