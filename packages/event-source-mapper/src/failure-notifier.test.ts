import { DestinationError } from '@millrace/function'
import { describe, expect, it } from 'vitest'
import { bench, failing } from './simulation/bench.ts'
import { failure } from './simulation/fake-invoker.ts'

const onFailure = { DestinationConfig: { OnFailure: { Destination: 'https://example.com/failed' } } }

describe('the OnFailure destination', () => {
  it('is told of a batch that is given up, in words of Lambda, before its records are settled', async () => {
    await using it = bench({ ...onFailure, payload: 'lambda', MaximumRetryAttempts: 1 }, () => Promise.resolve(failure()))
    let checkpointBefore = -1
    it.destinations.beforeDeliver = () => {
      checkpointBefore = it.shard.checkpoint
      return Promise.resolve()
    }
    it.put('a', 'b')
    await it.clock.advance(1_000)
    expect(it.destinations.opened).toEqual(['https://example.com/failed'])
    expect(it.destinations.delivered).toMatchObject([
      {
        requestContext: { requestId: 'r', condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 },
        responseContext: { statusCode: 200, functionError: 'Unhandled' },
        KinesisBatchInfo: { shardId: 'shardId-000000000000', startSequenceNumber: '0-0', endSequenceNumber: '0-1', batchSize: 2 },
      },
    ])
    expect(checkpointBefore).toBe(0)
    expect(it.shard.checkpoint).toBe(2)
    expect(it.deadLetters.letters.size).toBe(2)
    expect(it.mapper.stats().eventCounts).toEqual({
      PolledEventCount: 2,
      FilteredOutEventCount: 0,
      InvokedEventCount: 4,
      FailedInvokeEventCount: 4,
      DroppedEventCount: 0,
      OnFailureDestinationDeliveredEventCount: 2,
    })
  })

  it('is told of records that are too old without a response', async () => {
    await using it = bench({ ...onFailure, MaximumRecordAgeInSeconds: 60 })
    it.shard.append('old', new Uint8Array(1), it.clock.now() - 61_000)
    await it.clock.advance(0)
    expect(it.destinations.delivered).toMatchObject([{ requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 0 } }])
    expect(it.destinations.delivered[0]).not.toHaveProperty('responseContext')
  })

  it('that stays away is given up after some tries: the dead letters have the records', async () => {
    await using it = bench({ ...onFailure, MaximumRetryAttempts: 0 }, failing(0))
    it.destinations.beforeDeliver = () => Promise.reject(new DestinationError('no answer', true))
    it.put('a')
    await it.clock.advance(1_000)
    expect(it.shard.checkpoint).toBe(0)
    await it.clock.advance(60_000)
    expect(it.shard.checkpoint).toBe(1)
    expect(it.deadLetters.letters.size).toBe(1)
    expect(it.mapper.stats()).toMatchObject({ destinationFailures: 1, eventCounts: { DroppedEventCount: 1 } })
    expect(it.warnings.map(({ kind }) => kind)).toContain('destination-failing')
  })

  it('is opened anew by an update, and an update that cannot be made changes nothing', async () => {
    await using it = bench({ ...onFailure, MaximumRetryAttempts: 0 }, failing(0))
    it.destinations.open = () => {
      throw new Error('no such place')
    }
    const parameters = { ...it.parameters, BatchSize: 7 }
    expect(() => it.mapper.update({ parameters, functionName: 'g' })).toThrow('no such place')
    it.put('a')
    await it.clock.advance(0)
    expect([...it.deadLetters.letters.values()]).toMatchObject([{ functionName: 'f' }])
    expect(it.destinations.delivered).toHaveLength(1)
  })
})
