import { describe } from 'vitest'
import { aggregationConformance } from './aggregation-conformance.ts'
import type { ConformanceOptions, IndexFactory } from './index-under-test.ts'
import { lookupConformance } from './lookup-conformance.ts'
import { queryConformance } from './query-conformance.ts'
import { searchConformance } from './search-conformance.ts'
import { sinkConformance } from './sink-conformance.ts'

/** Every promise of `LogIndex`, as tests. To be called in a test file of each index. */
export function logIndexConformance(name: string, factory: IndexFactory, options: ConformanceOptions = {}): void {
  describe(`${name} as a log index`, () => {
    sinkConformance(factory)
    searchConformance(factory)
    lookupConformance(factory)
    queryConformance(factory, options)
    aggregationConformance(factory)
  })
}
