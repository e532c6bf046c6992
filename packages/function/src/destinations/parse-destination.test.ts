import { describe, expect, it } from 'vitest'
import { parseDestination } from './parse-destination.ts'

describe('a destination', () => {
  it.each([
    ['arn:aws:kinesis:us-east-1:000000000000:stream/failed.orders', { kind: 'stream', streamName: 'failed.orders' }],
    ['arn:aws-cn:kinesis:cn-north-1:123456789012:stream/a', { kind: 'stream', streamName: 'a' }],
    ['kafka://failed-orders', { kind: 'topic', topic: 'failed-orders' }],
    ['kafka://_a.b', { kind: 'topic', topic: '_a.b' }],
    ['arn:aws:s3:::failed-orders', { kind: 'bucket', bucket: 'failed-orders', prefix: '' }],
    ['arn:aws:s3:::failed-orders/', { kind: 'bucket', bucket: 'failed-orders', prefix: '' }],
    ['arn:aws:s3:::failed-orders/team a/x', { kind: 'bucket', bucket: 'failed-orders', prefix: 'team a/x' }],
    ['https://example.org:8443/hook?token=1', { kind: 'http', url: new URL('https://example.org:8443/hook?token=1') }],
    ['http://127.0.0.1/', { kind: 'http', url: new URL('http://127.0.0.1/') }],
  ])('%s', (destination, expected) => {
    expect(parseDestination(destination)).toEqual(expected)
  })

  it.each([
    ['arn:aws:sqs:us-east-1:123456789012:failed', 'not supported: "arn:aws:sqs:us-east-1:123456789012:failed". Please use a stream'],
    [
      'arn:aws:sns:us-east-1:123456789012:failed',
      'not supported: "arn:aws:sns:us-east-1:123456789012:failed". Please use an HTTP endpoint',
    ],
    ['arn:aws:lambda:us-east-1:123456789012:function:f', 'Please use a stream (arn:aws:kinesis:…) and map it to the function'],
    ['arn:aws:events:us-east-1:123456789012:event-bus/b', 'FilterCriteria'],
    [
      'arn:aws:dynamodb:us-east-1:123456789012:table/t',
      '"arn:aws:dynamodb:us-east-1:123456789012:table/t" is no destination. There is arn:aws:kinesis',
    ],
    ['failed-orders', '"failed-orders" is no destination. There is arn:aws:kinesis'],
    ['', '"" is no destination'],
    ['arn:aws:kinesis:us-east-1:000000000000:stream/', 'a stream is arn:aws:kinesis:REGION:ACCOUNT:stream/NAME'],
    ['arn:aws:kinesis:us-east-1:000000000000:stream/a/consumer/b:1', 'a stream is'],
    ['kafka://', 'a Kafka topic is kafka://'],
    ['kafka://..', 'a Kafka topic is kafka://'],
    ['kafka://host:9092/topic', 'a Kafka topic is kafka://'],
    ['arn:aws:s3:::UPPER', 'an S3 bucket is arn:aws:s3:::BUCKET'],
    ['arn:aws:s3:::a..b', 'an S3 bucket is'],
    ['arn:aws:s3:::bucket/../other', 'an S3 bucket is'],
    ['arn:aws:s3:::bucket/a\\..\\b', 'an S3 bucket is'],
    ['https://', 'an HTTP endpoint is a whole URL'],
    [`https://example.org/${'x'.repeat(350)}`, 'at most 350 characters'],
  ])('cannot be %s', (destination, message) => {
    expect(() => parseDestination(destination)).toThrow(message)
  })
})
