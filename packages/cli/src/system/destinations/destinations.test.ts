import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { failedBatch, type DestinationWriter } from '@millrace/function'
import { createMemoryStreams, shardIdOf } from '@millrace/stream'
import { ManualClock, temporaryDirectory } from '@millrace/testing'
import { expect, it } from 'vitest'
import { openDestinations } from './open-destinations.ts'

const never = new AbortController().signal
const shard = { shardId: shardIdOf(0), index: 0, createdTimestamp: 0 }

async function setup(path: string, topicDestination?: (topic: string) => DestinationWriter) {
  const streams = createMemoryStreams()
  const clock = new ManualClock(Date.parse('2026-03-04T05:06:07Z'))
  const destinations = openDestinations({ streams, topicDestination, s3Directory: join(path, 's3'), clock })
  return { destinations }
}

async function filesBelow(path: string): Promise<string[]> {
  return (await readdir(path, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

it('has a directory for each bucket, and in it the layout of S3', async () => {
  await using directory = await temporaryDirectory()
  const { destinations } = await setup(directory.path)
  const record = failedBatch({
    uuid: 'uuid-1',
    functionName: 'f',
    source: { streamName: 'logs', incarnation: 'i', shard },
    records: [
      {
        partitionKey: 'k',
        data: Buffer.from('x'),
        position: 0,
        sequenceNumber: '1',
        approximateArrivalTimestamp: 0,
        headers: {},
        producerSequence: undefined,
      },
    ],
    condition: 'RetryAttemptsExhausted',
    requestId: 'id',
    invokeCount: 1,
    functionFailed: true,
    timestamp: Date.parse('2026-03-04T05:06:07Z'),
  })
  await destinations.open('arn:aws:s3:::failed/team').deliver(record, never)
  const [file = ''] = await filesBelow(directory.path)
  expect(file).toContain(join(directory.path, 's3/failed/team/aws/lambda/uuid-1/shardId-000000000000/2026/03/04/2026-03-04T05.06.07-'))
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ payload: { Records: [{ kinesis: { data: 'eA==' } }] } })
})

it('knows topics where there is Kafka', async () => {
  const without = await setup('/nowhere')
  expect(() => without.destinations.open('kafka://failed')).toThrow(
    'kafka://failed is a Kafka topic, and this system has no Kafka. Start it with --kafka',
  )
  const writer: DestinationWriter = { deliver: () => Promise.resolve() }
  const topics: string[] = []
  const { destinations } = await setup('/nowhere', (topic) => {
    topics.push(topic)
    return writer
  })
  expect(destinations.open('kafka://failed')).toBe(writer)
  expect(topics).toEqual(['failed'])
})
