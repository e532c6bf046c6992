import { expect, it } from 'vitest'
import { BatchingPolicy } from './batching-policy.ts'

it.each([
  { records: 0, bytes: 0, oldestPolledAt: undefined, now: 1_000, due: undefined },
  { records: 1, bytes: 1, oldestPolledAt: 1_000, now: 1_000, due: 5_000 },
  { records: 9, bytes: 99, oldestPolledAt: 1_000, now: 5_999, due: 1 },
  { records: 1, bytes: 1, oldestPolledAt: 1_000, now: 9_000, due: 0 },
  { records: 10, bytes: 1, oldestPolledAt: 1_000, now: 1_000, due: 0 },
  { records: 1, bytes: 100, oldestPolledAt: 1_000, now: 1_000, due: 0 },
])('$records records of $bytes bytes, at $now: due in $due ms', ({ now, due, ...waiting }) => {
  expect(new BatchingPolicy({ recordsMax: 10, bytesMax: 100 }, 5_000).untilNext(waiting, now)).toBe(due)
})

it('has whatever is there sent at once without a window', () => {
  expect(new BatchingPolicy({ recordsMax: 10, bytesMax: 100 }, 0).untilNext({ records: 1, bytes: 1, oldestPolledAt: 1 }, 1)).toBe(0)
})
