import { describe, it } from 'vitest'
import { concurrencyPromises } from './concurrency-promises.ts'
import { ratePromises } from './rate-promises.ts'
import { sharedPromises } from './shared-promises.ts'
import type { CoordinationFeatures, CoordinationSubject, Promises } from './subject.ts'

/** Tests of every promise that the contract of `Coordination` makes. Each test has a new subject of its own. Time is real. */
export function coordinationConformance(name: string, factory: () => Promise<CoordinationSubject>, features: CoordinationFeatures): void {
  describe(`${name} keeps the promises of a coordination`, () => {
    promise('concurrency', concurrencyPromises, factory)
    promise('rates', ratePromises, factory)
    if (features.shared) promise('several processes', sharedPromises, factory)
  })
}

function promise(area: string, promises: Promises, factory: () => Promise<CoordinationSubject>): void {
  describe(area, () => {
    for (const [title, test] of Object.entries(promises)) {
      it(title, async () => {
        const subject = await factory()
        try {
          await test(subject)
        } finally {
          await subject.dispose()
        }
      })
    }
  })
}
