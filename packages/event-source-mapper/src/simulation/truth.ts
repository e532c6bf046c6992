import type { DeadLetter, StreamRecord } from '@millrace/stream'
import type { FakeInvocation } from './fake-invoker.ts'
import type { FakeShard, Ownership } from './fake-stream.ts'
import type { ParameterHistory } from './parameter-history.ts'
import { promise } from './promise.ts'
import { WindowTruth } from './window-truth.ts'

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
  readonly #parameters: ParameterHistory
  readonly #letters: ReadonlyMap<string, DeadLetter>
  readonly #handled = new Set<string>()
  readonly #tries = new Map<Ownership, Map<number, Tries>>()
  readonly #underWay = new Map<Ownership, Set<FakeInvocation>>()
  /** Sequence numbers that the destination was told of, or should have been. */
  readonly #told = new Set<string>()
  readonly #windows = new Map<Ownership, WindowTruth>()

  constructor(parameters: ParameterHistory, letters: ReadonlyMap<string, DeadLetter>) {
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

  windowOf(ownership: Ownership): WindowTruth {
    const window = this.#windows.get(ownership) ?? new WindowTruth()
    this.#windows.set(ownership, window)
    return window
  }

  /** An invocation begins: may it? */
  began(ownership: Ownership, invocation: FakeInvocation, now: number): void {
    const { now: parameters } = this.#parameters
    const { records, window } = invocation
    promise(!ownership.revoked.signal.aborted, 'nothing is invoked for a revoked shard')
    const final = window?.isFinalInvokeForWindow === true
    if (!final) this.#checkBatch(records, parameters.payload)
    promise(final || (window !== undefined) === parameters.TumblingWindowInSeconds > 0, 'there is a window where the parameters say so')
    if (window !== undefined) this.windowOf(ownership).began(window, records, parameters.TumblingWindowInSeconds)
    const others = this.#underWay.get(ownership) ?? new Set()
    this.#underWay.set(ownership, others.add(invocation))
    const lanes = window === undefined ? parameters.ParallelizationFactor : 1
    promise(others.size <= lanes, 'a shard has ParallelizationFactor invocations at once, and one where there are windows')
    this.#checkKeys(others)
    this.#checkRecords(ownership, records, now)
  }

  #checkBatch(records: readonly StreamRecord[], payload: 'lambda' | 'batch'): void {
    promise(records.length > 0, 'a batch has a record')
    promise(records.length <= this.#parameters.most((each) => each.BatchSize), 'a batch has at most BatchSize records')
    const bytes = records.reduce((sum, record) => sum + record.data.byteLength, 0)
    const bytesMax = this.#parameters.most((each) => each.batchBytesMax)
    promise(payload === 'lambda' || records.length === 1 || bytes <= bytesMax, 'a batch has at most batchBytesMax bytes')
  }

  #checkKeys(underWay: ReadonlySet<FakeInvocation>): void {
    const keys = new Set<string>()
    for (const { records } of underWay) {
      for (const key of new Set(records.map((record) => record.partitionKey))) {
        promise(!keys.has(key), 'a key is in one invocation at a time')
        keys.add(key)
      }
    }
  }

  #checkRecords(ownership: Ownership, records: readonly StreamRecord[], now: number): void {
    const retries =
      this.#parameters.least((each) => each.MaximumRetryAttempts) < 0 ? -1 : this.#parameters.most((each) => each.MaximumRetryAttempts)
    const { MaximumRecordAgeInSeconds } = this.#parameters.now
    const inBatch = new Set<number>()
    let last = -1
    for (const record of records) {
      const tries = this.tries(ownership, record.position)
      promise(record.position > last, 'a batch ascends')
      promise(this.#parameters.mayPass(record), 'a record that matches no filter is not handled')
      promise(!tries.handled && !tries.terminal, 'a settled record is not repeated by the same owner')
      promise(retries < 0 || tries.errors <= retries, 'no repeats past MaximumRetryAttempts')
      promise(
        MaximumRecordAgeInSeconds < 0 || now - record.approximateArrivalTimestamp <= MaximumRecordAgeInSeconds * 1000,
        'no invocation past MaximumRecordAgeInSeconds',
      )
      this.#checkOrder(ownership.shard, record, inBatch)
      inBatch.add(record.position)
      last = record.position
    }
    const [first] = records
    if (first === undefined) return
    for (const parent of ownership.shard.parents) {
      promise(
        parent.records.every((record) => this.resolved(parent, record)),
        'a shard begins when its parents are finished',
      )
    }
  }

  /** Where only failed items are tried again, those behind them have been handled. */
  #checkOrder(shard: FakeShard, record: StreamRecord, inBatch: ReadonlySet<number>): void {
    const before = shard.records.findLast((other) => other.position < record.position && other.partitionKey === record.partitionKey)
    promise(before === undefined || inBatch.has(before.position) || this.resolved(shard, before), 'the records of a key come in order')
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
    const retries = this.#parameters.now.MaximumRetryAttempts
    const ages = (read: (age: number) => number): number => this.#parameters.least((each) => read(each.MaximumRecordAgeInSeconds))
    const ageLeast = ages((age) => (age < 0 ? Number.POSITIVE_INFINITY : age))
    for (const { position, condition, attempts, approximateArrivalTimestamp, data, partitionKey } of letters) {
      const tries = this.tries(ownership, position)
      const record = ownership.shard.records.find((candidate) => candidate.position === position)
      promise(record?.data === data && record.partitionKey === partitionKey, 'a dead letter has the bytes and the key of its record')
      promise(attempts === tries.invocations, 'a dead letter tells the invocations of its record')
      promise(!tries.handled, 'a handled record is no dead letter')
      if (condition === 'RetryAttemptsExhausted') {
        const exhausted = this.#parameters.least((each) =>
          each.MaximumRetryAttempts < 0 ? Number.POSITIVE_INFINITY : each.MaximumRetryAttempts,
        )
        promise(tries.errors > exhausted, 'attempts are exhausted when they are used up')
        promise(this.#parameters.updated || tries.errors === retries + 1, 'and not later')
      } else if (condition === 'Terminal') promise(tries.terminal, 'terminal is what the handler called so')
      else promise(now - approximateArrivalTimestamp > ageLeast * 1000, 'expired is what is older than allowed')
    }
  }

  /** The destination is about to be told of the records between these sequence numbers. */
  told(start: string, end: string): void {
    const [shard, first] = start.split('-').map(Number) as [number, number]
    const last = Number(end.split('-')[1])
    for (let position = first; position <= last; position++) this.#told.add(`${shard}-${position}`)
  }

  /** A checkpoint is about to be stored: may it? */
  checkpointed(ownership: Ownership, position: number): void {
    promise(!ownership.revoked.signal.aborted, 'no checkpoint for a revoked shard')
    const mustTell = this.#parameters.least((each) => each.DestinationConfig?.OnFailure?.Destination?.length ?? 0) > 0
    for (const record of ownership.shard.records) {
      if (record.position >= position) break
      promise(this.resolved(ownership.shard, record), `the checkpoint passes settled records only (not ${record.position})`)
      const silent = this.#handled.has(id(ownership.shard, record.position)) || this.#parameters.mayBeFilteredOut(record)
      promise(silent || !mustTell || this.#told.has(record.sequenceNumber), 'the destination is told of what is given up')
    }
    this.#windows.get(ownership)?.checkpointed(position)
  }

  resolved(shard: FakeShard, record: StreamRecord): boolean {
    if (this.#handled.has(id(shard, record.position)) || this.#parameters.mayBeFilteredOut(record)) return true
    const { incarnation, shard: identity } = shard.source
    return this.#letters.has(`u-${incarnation}-${identity.index.toString(36)}-${record.position.toString(36)}`)
  }
}

function id(shard: FakeShard, position: number): string {
  return `${shard.source.shard.index}:${position}`
}
