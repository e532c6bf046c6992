import type { StreamRecord } from '@millrace/stream'
import { compileFilterCriteria } from '../filter/filter-criteria.ts'
import type { RecordFilter } from '../filter/filter-criteria.ts'
import type { MappingParameters } from '../mapping-parameters.ts'

/**
 * The parameters of a mapping over time. What an update finds under way may still go by earlier ones, so limits are held against the widest of them;
 * in a run without updates there is only one.
 */
export class ParameterHistory {
  #now: MappingParameters
  readonly #all: MappingParameters[]
  readonly #filters: (RecordFilter | undefined)[] = []

  constructor(parameters: MappingParameters) {
    this.#now = parameters
    this.#all = []
    this.change(parameters)
  }

  get now(): MappingParameters {
    return this.#now
  }

  change(parameters: MappingParameters): void {
    this.#now = parameters
    this.#all.push(parameters)
    this.#filters.push(compileFilterCriteria(parameters.FilterCriteria))
  }

  get updated(): boolean {
    return this.#all.length > 1
  }

  most(read: (parameters: MappingParameters) => number): number {
    return Math.max(...this.#all.map(read))
  }

  least(read: (parameters: MappingParameters) => number): number {
    return Math.min(...this.#all.map(read))
  }

  /** Whether some filter leaves the record out. */
  mayBeFilteredOut(record: StreamRecord): boolean {
    return this.#filters.some((filter) => filter !== undefined && !filter.matches(record))
  }

  /** Whether some filter lets the record pass. */
  mayPass(record: StreamRecord): boolean {
    return this.#filters.some((filter) => filter === undefined || filter.matches(record))
  }
}
