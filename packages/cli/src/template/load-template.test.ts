import { describe, expect, it } from 'vitest'
import { readTemplate } from './load-template.ts'

const file = '/app/template.yaml'
const whole = `
Transform: AWS::Serverless-2016-10-31
Parameters:
  Size:
    Type: Number
    Default: 250
Globals:
  Function:
    Timeout: 20
    Environment:
      Variables: { STAGE: dev, REGION: !Ref AWS::Region }
Resources:
  Logs:
    Type: AWS::Kinesis::Stream
    Properties: { Name: app-logs, ShardCount: "8" }
  Alerts:
    Type: AWS::Serverless::Function
    Metadata: { Millrace: { ConcurrencyPerEnvironment: 10 } }
    Properties:
      Handler: src/alerts.handler
      CodeUri: functions
      Runtime: nodejs24.x
      Policies: [AWSLambdaKinesisExecutionRole]
      Description: Says what is wrong.
      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 }
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        DestinationConfig: { OnFailure: { Type: Kinesis, Destination: !GetAtt Logs.Arn } }
      DeadLetterQueue: { Type: SQS, TargetArn: kafka://dead }
      Environment:
        Variables: { STREAM: !Ref Logs, ARN: !Sub "\${Logs.Arn}/\${AWS::AccountId}" }
      Events:
        FromLogs:
          Type: Kinesis
          Properties: { Stream: !GetAtt Logs.Arn, StartingPosition: LATEST, BatchSize: !Ref Size }
  Index:
    Type: AWS::Lambda::EventSourceMapping
    Properties: { FunctionName: log-indexer, EventSourceArn: !GetAtt [Logs, Arn], StartingPosition: TRIM_HORIZON }
`

describe('readTemplate', () => {
  it('reads streams, functions and both kinds of mapping, with references resolved', () => {
    const definition = readTemplate(whole, file)
    expect(definition.streams).toEqual([{ name: 'app-logs', shardCount: 8, retentionHours: 24 }])
    expect(definition.functions).toEqual([
      {
        name: 'Alerts',
        handler: 'src/alerts.handler',
        directory: '/app/functions',
        timeoutSeconds: 20,
        memorySizeMb: 128,
        environment: {
          STAGE: 'dev',
          REGION: 'us-east-1',
          STREAM: 'app-logs',
          ARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/app-logs/000000000000',
        },
        concurrencyPerEnvironment: 10,
        description: 'Says what is wrong.',
        provisionedConcurrency: 2,
        eventInvoke: {
          MaximumRetryAttempts: 1,
          DestinationConfig: { OnFailure: { Destination: 'arn:aws:kinesis:us-east-1:000000000000:stream/app-logs' } },
        },
        deadLetterTarget: 'kafka://dead',
      },
    ])
    expect(definition.mappings).toMatchObject([
      { streamName: 'app-logs', functionName: 'Alerts', parameters: { StartingPosition: 'LATEST', BatchSize: 250 } },
      { streamName: 'app-logs', functionName: 'log-indexer', parameters: { StartingPosition: 'TRIM_HORIZON' } },
    ])
    expect(definition.warnings).toEqual(['Policies has no meaning here and is ignored.'])
  })

  it('gives a mapping the same identity at every start, and another one to another mapping', () => {
    const [first, second] = readTemplate(whole, file).mappings
    expect(readTemplate(whole, file).mappings[0]?.uuid).toBe(first?.uuid)
    expect(first?.uuid).not.toBe(second?.uuid)
    expect(first?.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  it('takes every property of a Kinesis event that SAM has', () => {
    const event = `
Resources:
  Logs: { Type: AWS::Kinesis::Stream }
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Events:
        FromLogs:
          Type: Kinesis
          Properties:
            Stream: !GetAtt Logs.Arn
            StartingPosition: TRIM_HORIZON
            BisectBatchOnFunctionError: "true"
            TumblingWindowInSeconds: "120"
            MaximumRetryAttempts: 3
            MaximumRecordAgeInSeconds: 3600
            ParallelizationFactor: 2
            FunctionResponseTypes: [ReportBatchItemFailures]
            FilterCriteria: { Filters: [{ Pattern: '{"data":{"level":["error"]}}' }] }
            DestinationConfig: { OnFailure: { Type: SQS, Destination: "kafka://failed" } }
            MetricsConfig: { Metrics: [EventCount] }
            KmsKeyArn: arn:aws:kms:us-east-1:000000000000:key/k
`
    const { mappings, warnings } = readTemplate(event, file)
    expect(mappings[0]?.parameters).toEqual({
      StartingPosition: 'TRIM_HORIZON',
      BisectBatchOnFunctionError: true,
      TumblingWindowInSeconds: 120,
      MaximumRetryAttempts: 3,
      MaximumRecordAgeInSeconds: 3600,
      ParallelizationFactor: 2,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      FilterCriteria: { Filters: [{ Pattern: '{"data":{"level":["error"]}}' }] },
      DestinationConfig: { OnFailure: { Destination: 'kafka://failed' } },
      MetricsConfig: { Metrics: ['EventCount'] },
    })
    expect(warnings).toEqual(['KmsKeyArn has no meaning here and is ignored.'])
  })

  const stream = 'Logs: { Type: AWS::Kinesis::Stream }'
  it.each([
    [
      'an unknown property',
      `Resources:\n  Logs:\n    Type: AWS::Kinesis::Stream\n    Properties:\n      ShardCuont: 3\n`,
      ':5: Unknown property "ShardCuont"',
    ],
    [
      'a value out of range',
      `Resources:\n  Logs:\n    Type: AWS::Kinesis::Stream\n    Properties:\n      ShardCount: 0\n`,
      ':5: Resources.Logs.Properties.ShardCount',
    ],
    ['an unknown resource type', `Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n`, ':3: Topic is of type AWS::SNS::Topic'],
    [
      'a reference to nothing',
      `Resources:\n  Logs:\n    Type: AWS::Kinesis::Stream\n    Properties:\n      ShardCount: !Ref Nothing\n`,
      ':5: "Nothing" is neither',
    ],
    [
      'an attribute that is not there',
      `Resources:\n  ${stream}\n  M:\n    Type: AWS::Lambda::EventSourceMapping\n    Properties:\n      FunctionName: log-indexer\n      EventSourceArn: !GetAtt Logs.Name\n`,
      ':7: There is no attribute "Name"',
    ],
    [
      'an unknown intrinsic',
      `Resources:\n  Logs:\n    Type: AWS::Kinesis::Stream\n    Properties:\n      Name: !Select [0, [a]]\n`,
      ':5: ',
    ],
    [
      'a mapping to a function that is not there',
      `Resources:\n  ${stream}\n  M:\n    Type: AWS::Lambda::EventSourceMapping\n    Properties:\n      FunctionName: nobody\n      EventSourceArn: !GetAtt Logs.Arn\n      StartingPosition: LATEST\n`,
      ':6: The template has no function "nobody"',
    ],
    [
      'an unknown mapping parameter',
      `Resources:\n  ${stream}\n  M:\n    Type: AWS::Lambda::EventSourceMapping\n    Properties:\n      FunctionName: log-indexer\n      EventSourceArn: !GetAtt Logs.Arn\n      StartingPosition: LATEST\n      BatchSzie: 4\n`,
      ':9: Unknown property "BatchSzie"',
    ],
    ['text that is not YAML', 'Resources: [', ':'],
    [
      'a function without a handler',
      `Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties: { Runtime: nodejs24.x }\n`,
      ':3: F has no Handler',
    ],
  ])('names the line of %s', (_, text, message) => {
    expect(() => readTemplate(text, file)).toThrow(`${file}${message}`)
  })
})
