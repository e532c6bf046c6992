import type { StreamRecord } from '@millrace/stream'
import { expect, it } from 'vitest'
import { lambdaFailure } from './lambda-response.ts'

const records = ['49a', '49b', '49c'].map((sequenceNumber) => ({ sequenceNumber }) as StreamRecord)
const failures = (...identifiers: unknown[]): unknown => ({ batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })) })

it.each([
  ['', undefined],
  [[], undefined],
  [null, undefined],
  [{}, undefined],
  ['done', undefined],
  [{ batchItemFailures: [] }, undefined],
  [{ batchItemFailures: null }, undefined],
  [failures('49b'), 1],
  [failures('49c', '49b'), 1],
  [failures('49c', '49c'), 2],
  [failures('49a'), 0],
  [failures(''), 0],
  [failures(null), 0],
  [failures(49), 0],
  [failures('49x'), 0],
  [failures('49c', '49x'), 0],
  [{ batchItemFailures: [{ itemIdentifer: '49c' }] }, 0],
  [{ batchItemFailures: [null] }, 0],
  [{ batchItemFailures: ['49c'] }, 0],
  [{ batchItemFailures: '49c' }, 0],
])('%j is tried again from record %j on', (response, expected) => {
  const failure = lambdaFailure(JSON.stringify(response), records)
  expect(failure && (failure.failing?.[0] ?? 0)).toBe(expected)
})

it('says what cannot be read', () => {
  expect(lambdaFailure(JSON.stringify(failures('49c', '49x')), records)?.reason).toBe(
    'The function answered an itemIdentifier that is no sequence number of the batch: "49x"',
  )
  expect(lambdaFailure('{', records)).toEqual({ failing: undefined, reason: 'The function answered what is not JSON.' })
  expect(lambdaFailure('', records)).toBeUndefined()
})
