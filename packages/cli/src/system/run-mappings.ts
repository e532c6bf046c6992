import { setTimeout as wait } from 'node:timers/promises'
import type { StreamRegistry } from '@millrace/stream'
import type { RunningMapping } from './system.ts'

/** Mappings at work. */
export interface RunningMappings {
  /** Resolves with the error of the first mapper that ended by itself. */
  readonly failed: Promise<Error>
  /** Resolves when no mapped stream has an unsettled record; rejects with the signal's reason. */
  settled(signal: AbortSignal): Promise<void>
  /** Stops polling, and resolves when the work in hand is settled. */
  stop(): Promise<void>
}

const settledPollMs = 20

/** Runs the mappings until they are stopped. */
export function runMappings(mappings: readonly RunningMapping[], streams: StreamRegistry): RunningMappings {
  const stopping = new AbortController()
  const failures = Promise.withResolvers<Error>()
  const runs = mappings.map(async ({ definition, mapper }) => {
    try {
      await mapper.run(stopping.signal)
    } catch (error) {
      failures.resolve(
        new Error(`The mapping of ${definition.streamName} to ${definition.functionName} has failed: ${String(error)}`, { cause: error }),
      )
    }
  })
  return {
    failed: failures.promise,
    settled: async (signal) => {
      for (const { definition } of mappings) {
        const stream = await streams.get(definition.streamName)
        for (;;) {
          const lags = await stream.lag(definition.uuid)
          if (lags.every((lag) => lag.oldestUnsettledTimestamp === undefined)) break
          await wait(settledPollMs, undefined, { signal })
        }
      }
    },
    stop: async () => {
      stopping.abort(new Error('The mappings are stopped.'))
      await Promise.all(runs)
    },
  }
}
