import type { StreamRegistry } from '@millrace/stream'
import { deadLetterConformance, resourceConformance, streamConformance } from '@millrace/stream/conformance'
import { ManualClock, temporaryDirectory } from '@millrace/testing'
import { openSqliteStreams, type SqliteStreams } from '../src/index.ts'

streamConformance(
  'The embedded stream',
  async (options) => {
    const directory = await temporaryDirectory()
    const clock = new ManualClock()
    const open = () => openSqliteStreams({ directory: directory.path, clock, ...options })
    let registry = await open()
    return {
      registry,
      advance: (milliseconds) => clock.advance(milliseconds),
      enforceRetention: () => registry.enforceRetention(),
      reopen: async (): Promise<StreamRegistry> => {
        await registry.close()
        registry = await open()
        return registry
      },
      dispose: async () => {
        await registry.close()
        await directory[Symbol.asyncDispose]()
      },
    }
  },
  { durable: true, manualTime: true },
)

deadLetterConformance(
  'The embedded store',
  async () => {
    const directory = await temporaryDirectory()
    let registry: SqliteStreams = await openSqliteStreams({ directory: directory.path })
    return {
      deadLetters: registry.deadLetters,
      reopen: async () => {
        await registry.close()
        registry = await openSqliteStreams({ directory: directory.path })
        return registry.deadLetters
      },
      dispose: async () => {
        await registry.close()
        await directory[Symbol.asyncDispose]()
      },
    }
  },
  { durable: true },
)

resourceConformance(
  'The embedded store',
  async () => {
    const directory = await temporaryDirectory()
    let registry: SqliteStreams = await openSqliteStreams({ directory: directory.path })
    return {
      resources: registry.resources,
      reopen: async () => {
        await registry.close()
        registry = await openSqliteStreams({ directory: directory.path })
        return registry.resources
      },
      dispose: async () => {
        await registry.close()
        await directory[Symbol.asyncDispose]()
      },
    }
  },
  { durable: true },
)
