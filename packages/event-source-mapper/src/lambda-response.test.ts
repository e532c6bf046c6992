import type { StreamRecord } from '@millrace/stream'
import { describe, expect, it } from 'vitest'
import { judgeInvocation } from './judge-invocation.ts'
import { lambdaFailure } from './lambda-response.ts'
import { failure, returned } from './simulation/fake-invoker.ts'

const records = ['49a', '49b', '49c'].map((sequenceNumber) => ({ sequenceNumber }) as StreamRecord)
const failures = (...identifiers: unknown[]): unknown => ({ batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })) })

const success = undefined
const whole = [0, 1, 2]
/** "Success and failure conditions" and "Report syntax" of https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html */
const page = 'the page on batch item failures'
/** Not on that page; as Lambda behaves. */
const observed = 'Lambda'
/** Neither: what cannot be understood repeats records instead of losing them. */
const own = 'Millrace'

it.each<[unknown, readonly number[] | undefined, string]>([
  ['', success, observed],
  [[], success, observed],
  [null, success, page],
  [{}, success, page],
  ['done', success, own],
  [{ batchItemFailures: [] }, success, page],
  [{ batchItemFailures: null }, success, page],
  [failures('49b'), [1, 2], page],
  [failures('49c', '49b'), [1, 2], page],
  [failures('49c', '49c'), [2], own],
  [failures('49a'), whole, page],
  [failures(''), whole, page],
  [failures(null), whole, page],
  [failures(49), whole, observed],
  [failures('49x'), whole, observed],
  [failures('49c', '49x'), whole, own],
  [{ batchItemFailures: [{ itemIdentifer: '49c' }] }, whole, page],
  [{ batchItemFailures: [null] }, whole, own],
  [{ batchItemFailures: ['49c'] }, whole, own],
  [{ batchItemFailures: '49c' }, whole, own],
])('%j: records %j are tried again (%s)', (response, expected) => {
  const judgement = judgeInvocation(returned(response), records, { partial: true, failedItemsOnly: false })
  expect(judgement && [0, 1, 2].filter((index) => judgement.verdict(index) !== 'settled')).toEqual(expected)
})

it('counts for nothing where the mapping does not say that it reports', () => {
  expect(judgeInvocation(returned(failures('49a')), records, { partial: false, failedItemsOnly: false })).toBeUndefined()
})

it('counts for nothing where the function threw', () => {
  expect(judgeInvocation(failure(), records, { partial: true, failedItemsOnly: true })).toMatchObject({ scope: 'whole' })
})

it('says what cannot be read', () => {
  expect(lambdaFailure(JSON.stringify(failures('49c', '49x')), records)?.reason).toBe(
    'The function answered an itemIdentifier that is no sequence number of the batch: "49x"',
  )
  expect(lambdaFailure('{', records)).toEqual({ failing: undefined, reason: 'The function answered what is not JSON.' })
  expect(lambdaFailure('', records)).toBeUndefined()
})

describe('the response of a function that handles a Kafka topic', () => {
  const kafka = { kafka: { topic: 'orders', bootstrapServers: 'a:9092' }, shard: { shardId: 's', index: 2, createdTimestamp: 0 } }
  const ofPartition = [10, 12, 13].map((position) => ({ ...(records[0] as StreamRecord), position }))
  const judged = (...identifiers: readonly unknown[]) =>
    lambdaFailure(JSON.stringify({ batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })) }), ofPartition, kafka)

  it('names records by partition and offset', () => {
    expect(judged()).toBeUndefined()
    expect(judged({ partition: 'orders-2', offset: 13 }, { partition: 'orders-2', offset: 12 })?.failing).toEqual([1, 2])
  })

  it.each([{ partition: 'orders-2', offset: 11 }, { partition: 'orders-1', offset: 12 }, { offset: 12 }, 'orders-2', null, undefined])(
    'fails the whole batch with %j',
    (identifier) => {
      expect(judged(identifier)).toMatchObject({ failing: undefined })
    },
  )
})
