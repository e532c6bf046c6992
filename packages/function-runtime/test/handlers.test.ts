import { describe, expect, it } from 'vitest'
import { lambdaRuntime, value } from './lambda-runtime.ts'
import { records, source } from './records.ts'

describe('forms of handlers', () => {
  it.each([
    ['an ES module', 'behaviours.echo', { a: 1 }],
    ['a nested export in a nested directory', 'nested/deep.api.v1.handler', 'nested'],
    ['CommonJS in TypeScript', 'common.handler', 'common.cts'],
    ['CommonJS whose exports cannot be foreseen', 'common-extension.handler', { from: 'cjs', event: { a: 1 } }],
    ['CommonJS with a callback', 'commonjs/index.handler', { by: 'callback', event: { a: 1 } }],
    ['a callback that does not wait for the event loop', 'commonjs/index.callbackOnly', 'at once'],
    ['a value that is returned at once', 'commonjs/index.sync', { sync: { a: 1 } }],
    ['nothing at all', 'commonjs/index.nothing', null],
    ['a promise that nothing will ever settle', 'commonjs/index.never', null],
    ['context.succeed', 'commonjs/index.legacy', 'legacy'],
  ])('%s', async (_, handler, expected) => {
    await using f = lambdaRuntime(handler)
    expect(value(await f.invoke({ a: 1 }))).toEqual(expected)
    expect(value(await f.invoke({ a: 1 }))).toEqual(expected)
    expect(f.runtime.stats().get('f')).toMatchObject({ invocations: 2, coldStarts: 1, errors: 0 })
  })

  it('a callback waits until the event loop is empty', async () => {
    await using f = lambdaRuntime('commonjs/index.callbackFirst')
    const result = await f.invoke()
    expect(value(result)).toBe('done')
    expect(result.logTail).toContain('\tINFO\tstill working\n')
  })

  it('a callback with an error', async () => {
    await using f = lambdaRuntime('commonjs/index.callbackError')
    expect(await f.invoke()).toMatchObject({ kind: 'failure', errorType: 'string', errorMessage: 'not today', trace: [] })
  })
})

describe('the handler meets what it would meet in Lambda', () => {
  it.each([
    ['a typed ES module', 'typed.handler'],
    ['plain CommonJS', 'commonjs/kinesis.handler'],
    ['Powertools for AWS Lambda', 'powertools/index.handler'],
  ])('batch item failures: %s', async (_, handler) => {
    await using f = lambdaRuntime(handler)
    const batch = records(['{"id":1}', '{"id":2}', '{"id":3}'])
    const all = { batchItemFailures: [{ itemIdentifier: batch[0]?.sequenceNumber }, { itemIdentifier: batch[2]?.sequenceNumber }] }
    const result = await f.runtime.invoke('f', { kind: 'records', source, records: batch })
    expect(value(result)).toEqual(all)
    expect(value(await f.runtime.invoke('f', { kind: 'records', source, records: batch.slice(1, 2) }))).toEqual({ batchItemFailures: [] })
    expect(result.logTail).toMatch(
      /^START RequestId: (\S+) Version: \$LATEST\n(?:\S+Z\t\1\tINFO\t3 records, f\n)?END RequestId: \1\nREPORT RequestId: \1\t/,
    )
  })

  it('the event of a shard', async () => {
    await using f = lambdaRuntime('behaviours.event')
    const [record] = records(['hello'])
    if (record === undefined) throw new Error('There is one record.')
    const result = await f.runtime.invoke('f', { kind: 'records', source, records: [record] })
    const kinesis = {
      kinesisSchemaVersion: '1.0',
      partitionKey: 'k',
      sequenceNumber: record.sequenceNumber,
      data: 'aGVsbG8=',
      approximateArrivalTimestamp: 1_700_000_000,
    }
    expect(value(result)).toMatchObject({
      event: { Records: [{ kinesis, eventID: `shardId-000000000003:${record.sequenceNumber}`, eventSource: 'aws:kinesis' }] },
      keys: Object.keys(kinesis),
      spread: kinesis,
      cloned: 1,
      same: true,
    })
    expect(result.logTail).toContain("data: 'aGVsbG8='")
  })

  it('the context', async () => {
    await using f = lambdaRuntime('behaviours.context', { timeoutSeconds: 7, memorySizeMb: 256 })
    const result = await f.invoke()
    expect(value(result)).toMatchObject({
      functionName: 'f',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
      memoryLimitInMB: '256',
      awsRequestId: result.requestId,
      logGroupName: '/aws/lambda/f',
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      callbackWaitsForEmptyEventLoop: true,
    })
    expect((value(result) as { remaining: number }).remaining).toBeGreaterThan(6_000)
  })

  it('its environment, and not the host’s', async () => {
    await using f = lambdaRuntime(
      'behaviours.environment',
      { environment: { TABLE: 'lines' } },
      { hostVariables: { SECRET: 's', PATH: '/bin' } },
    )
    const variables = value(await f.invoke())
    // https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
    expect(variables).toMatchObject({
      TABLE: 'lines',
      PATH: '/bin',
      _HANDLER: 'behaviours.environment',
      LAMBDA_TASK_ROOT: expect.stringMatching(/fixtures\/?$/),
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EXECUTION_ENV: expect.stringMatching(/^AWS_Lambda_nodejs\d+\.x$/),
      AWS_LAMBDA_FUNCTION_NAME: 'f',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/f',
      AWS_LAMBDA_LOG_STREAM_NAME: expect.stringContaining('[$LATEST]'),
    })
    expect(variables).not.toHaveProperty('SECRET')
  })
})

describe('its output', () => {
  it('is in the log and in the tail, under the request id', async () => {
    await using f = lambdaRuntime('behaviours.logs')
    const result = await f.invoke({ b: 2 })
    const lines = f.log.map(({ line }) => line.replaceAll(result.requestId, 'ID').replace(/^\d{4}-\S+Z/, 'TIME'))
    expect(lines.slice(0, 4)).toEqual([
      'START RequestId: ID Version: $LATEST',
      'TIME\tID\tINFO\tone\ntwo {"a":1}',
      'TIME\tID\tWARN\tcareful',
      expect.stringMatching(/^TIME\tID\tERROR\tError: seen\n {4}at /),
    ])
    expect(lines.slice(4, 8)).toEqual(['TIME\tID\tDEBUG\t{ b: 2 }', 'raw line', 'unfinished', 'END RequestId: ID'])
    expect(lines[8]).toMatch(
      /^REPORT RequestId: ID\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t$/,
    )
    expect(result.logTail.replaceAll(result.requestId, 'ID').replaceAll(/^\d{4}-\S+Z/gm, 'TIME')).toBe(`${lines.join('\n')}\n`)
    expect(new Set(f.log.map(({ requestId }) => requestId))).toEqual(new Set([result.requestId]))
  })

  it('is bounded in the tail, and complete in the log, however fast it is written', async () => {
    await using f = lambdaRuntime('behaviours.floods')
    const result = await f.invoke({ lines: 50_000 })
    expect(Buffer.byteLength(result.logTail)).toBeLessThanOrEqual(4_096)
    expect(result.logTail).toContain('\tINFO\tline 49999\n')
    expect(f.log.length).toBe(50_003)
  })

  it('belongs to its own invocation where several run in one environment', async () => {
    await using f = lambdaRuntime('behaviours.slots', { concurrencyPerEnvironment: 10 })
    const results = await Promise.all([30, 20, 10].map((ms) => f.invoke({ do: 'wait', ms })))
    expect(new Set(results.map((result) => JSON.stringify(value(result)))).size).toBe(1)
    for (const { logTail, requestId } of results)
      expect(logTail).toMatch(new RegExp(`\\t${requestId}\\tINFO\\tdid wait\\nEND RequestId: ${requestId}\\n`))
  })
})
