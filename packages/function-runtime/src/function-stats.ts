import type { FunctionStats } from './function-meter.ts'
import type { FunctionPool } from './function-pool.ts'

/** What all functions do together in this process. */
export interface AccountStats {
  readonly concurrentExecutions: number
  /** Of the functions that reserve no concurrency. */
  readonly unreservedConcurrentExecutions: number
  /** In all processes together. */
  readonly concurrencyMax: number
  readonly unreservedConcurrencyMax: number
}

/** Reads a pool. */
export function functionStats(pool: FunctionPool, concurrencyMax: number): FunctionStats {
  const { asked, busyInvocations } = pool.provisioned
  const provisionedConcurrency = asked * pool.fn.concurrencyPerEnvironment
  return {
    ...pool.meter.counters(),
    environments: pool.environments,
    startingEnvironments: pool.starting,
    busyInvocations: pool.busy,
    queuedInvocations: pool.queued,
    concurrentExecutions: pool.meter.concurrentExecutions,
    concurrencyMax,
    memorySizeMb: pool.fn.memorySizeMb,
    provisionedConcurrency,
    provisionedConcurrencyUtilization: asked === 0 ? 0 : busyInvocations / provisionedConcurrency,
  }
}
