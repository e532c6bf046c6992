import type { EventSourceMappingConfiguration } from '@millrace/function'
import { expect, it } from 'vitest'
import { renderMapping } from './mapping-describe.ts'

const mapping: EventSourceMappingConfiguration = {
  UUID: '26c3e8a0-0000-4000-8000-000000000000',
  EventSourceMappingArn: 'arn:aws:lambda:us-east-1:000000000000:event-source-mapping:26c3e8a0-0000-4000-8000-000000000000',
  FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:alerts',
  EventSourceArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/logs',
  StartingPosition: 'LATEST',
  LastModified: 1_700_000_000,
  LastProcessingResult: 'OK',
  State: 'Enabled',
  StateTransitionReason: 'User action',
  BatchSize: 7,
  MaximumRetryAttempts: -1,
  DestinationConfig: { OnFailure: {} },
  FilterCriteria: { Filters: [{ Pattern: '{}' }] },
}

it('describes a mapping: its state, why it does not do more, its lag, and what is not as usual', () => {
  const stats = {
    uuid: mapping.UUID,
    stream: 'logs',
    function: 'alerts',
    explanation: 'All 2 lanes invoke.',
    records: { received: 1200, settled: 1000, filtered: 0, deadLettered: 0, inFlight: 200, abandoned: 0 },
    eventCounts: {
      PolledEventCount: 1200,
      FilteredOutEventCount: 0,
      InvokedEventCount: 1200,
      FailedInvokeEventCount: 0,
      DroppedEventCount: 0,
      OnFailureDestinationDeliveredEventCount: 0,
    },
    shards: [
      { shardId: 'shardId-000000000000', records: 0, lagSeconds: 0, lostRecords: 0 },
      { shardId: 'shardId-000000000001', records: 1200, lagSeconds: 3.21, lostRecords: 5 },
    ],
  }
  expect(renderMapping(mapping, stats)).toEqual([
    'logs > alerts',
    '  uuid                  26c3e8a0-0000-4000-8000-000000000000',
    '  state                 Enabled (User action)',
    '  last result           OK',
    '  changed               2023-11-14T22:13:20.000Z',
    '  concurrency           All 2 lanes invoke.',
    '  records               received 1,200 = settled 1,000 + dead-lettered 0 + in flight 200',
    '  shardId-000000000000  up to date',
    '  shardId-000000000001  1,200 records, 3.2 s behind, 5 LOST to retention',
    '  BatchSize             7 (default 100)',
    '  StartingPosition      "LATEST"',
    '  FilterCriteria        {"Filters":[{"Pattern":"{}"}]}',
  ])
})

it('says so where the process that was asked does not run it', () => {
  expect(renderMapping(mapping, undefined).join('\n')).toContain('This process does not run it at present.')
})
