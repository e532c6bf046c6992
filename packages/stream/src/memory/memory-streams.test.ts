import { ManualClock } from '@millrace/testing'
import { deadLetterConformance } from '../conformance/dead-letter-conformance.ts'
import { resourceConformance } from '../conformance/resource-conformance.ts'
import { streamConformance } from '../conformance/stream-conformance.ts'
import { createMemoryStreams } from './memory-streams.ts'

streamConformance(
  'The stream in memory',
  async (options) => {
    const clock = new ManualClock()
    const registry = createMemoryStreams({ clock, ...options })
    return {
      registry,
      advance: (milliseconds) => clock.advance(milliseconds),
      enforceRetention: () => registry.enforceRetention(),
      dispose: () => registry.close(),
    }
  },
  { durable: false, manualTime: true },
)

deadLetterConformance(
  'The store in memory',
  async () => {
    const registry = createMemoryStreams()
    return { deadLetters: registry.deadLetters, dispose: () => registry.close() }
  },
  { durable: false },
)

resourceConformance(
  'The store in memory',
  async () => {
    const registry = createMemoryStreams()
    return { resources: registry.resources, dispose: () => registry.close() }
  },
  { durable: false },
)
