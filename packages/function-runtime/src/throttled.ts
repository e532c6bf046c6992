import { TooManyRequestsError } from '@millrace/function'
import type { FunctionPool } from './function-pool.ts'

/** Refuses an invocation because of a limit on concurrency, and counts it. */
export function concurrencyExceeded(pool: FunctionPool, max: number): TooManyRequestsError {
  pool.meter.throttles++
  const reserved = pool.fn.reservedConcurrency !== undefined
  if (reserved && max === 0) {
    return new TooManyRequestsError(
      `Rate exceeded: "${pool.fn.name}" is turned off by its reserved concurrency of 0.`,
      'ReservedFunctionConcurrentInvocationLimitExceeded',
    )
  }
  const whose = reserved ? `"${pool.fn.name}" runs` : 'the functions without reserved concurrency run'
  return new TooManyRequestsError(
    `Rate exceeded: ${whose} ${max} times at once already, which is the limit. Invoke again later.`,
    reserved ? 'ReservedFunctionConcurrentInvocationLimitExceeded' : 'ConcurrentInvocationLimitExceeded',
  )
}

/** Refuses an invocation that would need a new environment sooner than the function may have one, and counts it. */
export function scaleOutExceeded(pool: FunctionPool): TooManyRequestsError {
  pool.meter.throttles++
  return new TooManyRequestsError(
    `Rate exceeded: "${pool.fn.name}" is scaled out as fast as it may be already. Invoke again later.`,
    'FunctionInvocationRateLimitExceeded',
  )
}
