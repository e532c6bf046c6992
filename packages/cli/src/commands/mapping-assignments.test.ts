import { describe, expect, it } from 'vitest'
import { parseAssignments } from './mapping-assignments.ts'

describe('--set', () => {
  it("puts AWS's parameters beside each other, and Millrace's own below them", () => {
    expect(
      parseAssignments(['BatchSize=50', 'MaximumRetryAttempts=3', 'FunctionResponseTypes=["ReportBatchItemFailures"]', 'concurrencyMax=8']),
    ).toEqual({
      BatchSize: 50,
      MaximumRetryAttempts: 3,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      Millrace: { concurrencyMax: 8 },
    })
  })

  it('takes what is no JSON as text', () => {
    expect(parseAssignments(['DestinationConfig={"OnFailure":', 'MetricsConfig=a=b'])).toEqual({
      DestinationConfig: '{"OnFailure":',
      MetricsConfig: 'a=b',
    })
  })

  it.each([
    ['BatchSize', '--set should be name=value, and is "BatchSize".'],
    ['batchSize=5', '--set knows no parameter "batchSize"; there is BatchSize, '],
    ['Enabled=false', 'use "mapping pause"'],
    ['StartingPosition=LATEST', 'it is said once'],
  ])('refuses %s', (text, message) => {
    expect(() => parseAssignments([text])).toThrow(message)
  })
})
