import type { Judgement } from './judge-invocation.ts'
import type { LaneBatch } from './lane-batch.ts'
import type { MappingParameters } from './mapping-parameters.ts'
import type { DeadLetterCondition } from './mapper-stats.ts'

/** Records that are given up, all of one batch. */
export interface GivenUpRecord {
  /** Index in the batch. */
  readonly index: number
  readonly condition: DeadLetterCondition
  readonly reason: string
}

/** A batch cut in two or three by what became of its records. Indexes ascend. */
export interface Sorted {
  readonly settled: readonly number[]
  readonly givenUp: readonly GivenUpRecord[]
  readonly remaining: readonly number[]
  readonly overloaded: boolean
}

/** A batch on its way through as many invocations as it takes. Records that are settled or given up leave it. */
export class Delivery {
  #batch: LaneBatch
  /** Errors of each record, of which MaximumRetryAttempts is the limit. */
  #errors: Uint32Array | undefined
  #lastReason = ''
  /** Invocations that every record of the batch was part of. */
  invocations = 0
  /** What the last of them was, and whether the function failed as such (threw, timed out). */
  lastInvocation: { readonly requestId: string; readonly failed: boolean } | undefined
  /** Waits for the same cause, one after the other. */
  waits = 0

  constructor(batch: LaneBatch) {
    this.#batch = batch
  }

  get batch(): LaneBatch {
    return this.#batch
  }

  /** Keeps only these records; indexes ascend. */
  keep(indexes: readonly number[]): void {
    this.#batch = this.#batch.pick(indexes)
    this.#errors = this.#errors && Uint32Array.from(indexes, (index) => this.#errors?.[index] ?? 0)
  }

  /** Two deliveries, one after the other in order. `reason`: what the batch failed with, in words. */
  splitAt(index: number, reason: string = this.#lastReason): [Delivery, Delivery] {
    this.#lastReason = reason
    const indexes = [...this.#batch.records.keys()]
    return [this.#part(indexes.slice(0, index)), this.#part(indexes.slice(index))]
  }

  /** The same records by lane, each lane's in order, for lanes that are cut anew. What was spent stays spent. */
  byLane(laneOf: (partitionKey: string) => number): Map<number, Delivery> {
    const lanes = new Map<number, number[]>()
    for (const [index, record] of this.#batch.records.entries()) {
      const lane = laneOf(record.partitionKey)
      const indexes = lanes.get(lane)
      if (indexes === undefined) lanes.set(lane, [index])
      else indexes.push(index)
    }
    return new Map([...lanes].map(([lane, indexes]) => [lane, this.#part(indexes)]))
  }

  /** The records that are older than MaximumRecordAgeInSeconds. */
  expired(parameters: MappingParameters, now: number): GivenUpRecord[] {
    const maximum = parameters.MaximumRecordAgeInSeconds
    if (maximum < 0) return []
    const expired: GivenUpRecord[] = []
    for (const [index, record] of this.#batch.records.entries()) {
      const ageMs = now - record.approximateArrivalTimestamp
      if (ageMs <= maximum * 1000) continue
      const last = this.#lastReason === '' ? '' : ` The last error was: ${this.#lastReason}`
      const reason = `The record is ${Math.floor(ageMs / 1000)} s old; MaximumRecordAgeInSeconds is ${maximum}.${last}`
      expired.push({ index, condition: 'RecordAgeExceeded', reason })
    }
    return expired
  }

  /**
   * What becomes of each record after an invocation. `spends`: an error counts against MaximumRetryAttempts, which one that only splits the batch
   * does not.
   */
  sort(judgement: Judgement, parameters: MappingParameters, spends: boolean): Sorted {
    const settled: number[] = []
    const givenUp: GivenUpRecord[] = []
    const remaining: number[] = []
    let overloaded = false
    this.#errors ??= new Uint32Array(this.#batch.length)
    for (let index = 0; index < this.#batch.length; index++) {
      const verdict = judgement.verdict(index)
      if (verdict === 'settled') {
        settled.push(index)
        continue
      }
      const reason = judgement.reason(index)
      this.#lastReason = reason
      if (verdict === 'terminal') givenUp.push({ index, condition: 'Terminal', reason })
      else if (verdict === 'overload') {
        overloaded = true
        remaining.push(index)
      } else if (!spends || this.#spend(index, parameters.MaximumRetryAttempts)) remaining.push(index)
      else givenUp.push({ index, condition: 'RetryAttemptsExhausted', reason })
    }
    return { settled, givenUp, remaining, overloaded }
  }

  #part(indexes: readonly number[]): Delivery {
    const part = new Delivery(this.#batch.pick(indexes))
    part.#errors = this.#errors && Uint32Array.from(indexes, (index) => this.#errors?.[index] ?? 0)
    part.#lastReason = this.#lastReason
    part.invocations = this.invocations
    part.lastInvocation = this.lastInvocation
    return part
  }

  /** Counts an error; false when the record has no attempt left. */
  #spend(index: number, maximumRetryAttempts: number): boolean {
    const errors = this.#errors as Uint32Array
    const count = (errors[index] as number) + 1
    errors[index] = count
    return maximumRetryAttempts < 0 || count <= maximumRetryAttempts
  }
}
