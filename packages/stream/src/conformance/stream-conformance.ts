import { describe, it } from 'vitest'
import { durabilityPromises, durableRetentionPromises } from './durability-promises.ts'
import type { Promises } from './promises.ts'
import { pressurePromises, putPromises } from './put-promises.ts'
import { readPromises, timestampPromises } from './read-promises.ts'
import { registryPromises } from './registry-promises.ts'
import { durableReshardPromises, reshardPromises, reshardRetentionPromises } from './reshard-promises.ts'
import { retentionPromises } from './retention-promises.ts'
import type { StreamFeatures, StreamSubjectFactory } from './subject.ts'
import { subscribePromises } from './subscribe-promises.ts'

/**
 * Tests of every promise that the contract of `Stream` and `StreamRegistry` makes. Each test has a new subject of its own. Positions are assumed to
 * ascend, not to be without gaps or to begin at 0.
 */
export function streamConformance(name: string, factory: StreamSubjectFactory, features: StreamFeatures): void {
  const { durable, manualTime } = features
  describe(`${name} keeps the promises of a stream`, () => {
    promise('registry', registryPromises, factory)
    promise('put', putPromises, factory)
    promise('back-pressure', pressurePromises, () => factory({ pendingBytesMax: 100_000 }))
    promise('read', readPromises, factory)
    promise('read by time', timestampPromises, factory, manualTime)
    promise('subscribe', subscribePromises, factory)
    promise('retention', retentionPromises, factory, manualTime)
    promise('resharding', reshardPromises, factory)
    promise('resharding and retention', reshardRetentionPromises, factory, manualTime)
    promise('durable resharding', durableReshardPromises, factory, durable)
    promise('durability', durabilityPromises, factory, durable)
    promise('durable retention', durableRetentionPromises, factory, durable && manualTime)
  })
}

function promise(area: string, promises: Promises, factory: StreamSubjectFactory, possible = true): void {
  if (!possible) return
  describe(area, () => {
    for (const [title, test] of Object.entries(promises)) {
      it(title, async () => {
        const subject = await factory({})
        try {
          await test(subject)
        } finally {
          await subject.dispose()
        }
      })
    }
  })
}
