import type { ResourceLimits } from 'node:worker_threads'

/**
 * Limits of an environment's JavaScript heap for a memory size. The young generation is kept small: V8 lets it grow to 48 MB a thread
 * otherwise, which a thread that mostly waits never gives back.
 */
export function resourceLimits(memorySizeMb: number): ResourceLimits {
  const maxYoungGenerationSizeMb = Math.min(48, Math.max(12, Math.round(memorySizeMb / 16)))
  return { maxYoungGenerationSizeMb, maxOldGenerationSizeMb: memorySizeMb - maxYoungGenerationSizeMb }
}
