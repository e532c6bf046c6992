import { splitHashKeys } from '@millrace/stream'

/**
 * How long an event may have to wait. Each delay has a shard of its own, in which events therefore stand in the order in which they fall due: whoever
 * reads it waits for the first one, and needs no memory for the others.
 */
const delaysMs = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 120_000, 300_000] as const

export const delayShards: number = delaysMs.length

const hashKeys = splitHashKeys(delayShards).map(({ startingHashKey }) => startingHashKey.toString())

/** Lambda's waits after the first and the second failed attempt. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
export function retryDelayMs(failures: number): number {
  return failures <= 1 ? 60_000 : 120_000
}

/** Lambda's waits for a function that cannot be run: from 1 s, doubled, to 5 min. */
export function deferralDelayMs(deferrals: number): number {
  return delaysMs[Math.min(deferrals, delaysMs.length - 1)] as number
}

/** For a function that has too many events in hand here already: they cost more to keep away than to look at. */
export function congestionDelayMs(deferrals: number): number {
  return deferralDelayMs(Math.min(deferrals, 3))
}

/** The explicit hash key of the shard for a delay. */
export function delayHashKey(delayMs: number): string {
  const index = delaysMs.findIndex((each) => each >= delayMs)
  return hashKeys[index === -1 ? hashKeys.length - 1 : index] as string
}
