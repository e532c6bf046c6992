import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamSummaryCommand,
  DeregisterStreamConsumerCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  type KinesisClientConfig,
  ListShardsCommand,
  ListStreamsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  RegisterStreamConsumerCommand,
  SubscribeToShardCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis'
import { temporaryDirectory } from '@millrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Server } from '../support/millrace-process.ts'
import { NodeHttpHandler } from '@smithy/node-http-handler'

const ShardId = 'shardId-000000000000'

/** What AWS's own client can do with a millrace, whatever it stands on. */
export function describeKinesisClients(name: string, args: () => readonly string[]): void {
  describe(`AWS's client of Kinesis, ${name}`, () => {
    let directory: Awaited<ReturnType<typeof temporaryDirectory>>
    let server: Server
    beforeAll(async () => {
      directory = await temporaryDirectory()
      server = await Server.start(directory.path, [...args()])
    })
    afterAll(async () => {
      await server?.[Symbol.asyncDispose]()
      await directory?.[Symbol.asyncDispose]()
    })

    describe.each<[string, KinesisClientConfig]>([
      ['HTTP/2', {}],
      ['HTTP/1.1', { requestHandler: new NodeHttpHandler() }],
    ])('over %s', (protocol, config) => {
      const StreamName = `clients-${protocol.replaceAll(/\W/g, '')}`
      let client: KinesisClient
      beforeAll(() => {
        client = new KinesisClient({
          endpoint: server.url,
          region: 'us-east-1',
          credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
          maxAttempts: 1,
          ...config,
        })
      })
      afterAll(() => client?.destroy())

      it('puts, reads and subscribes', async () => {
        await client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }))
        await waitUntilStreamExists({ client, maxWaitTime: 30 }, { StreamName })
        expect((await client.send(new ListStreamsCommand({}))).StreamNames).toContain(StreamName)
        expect((await client.send(new ListShardsCommand({ StreamName }))).Shards).toHaveLength(1)
        const one = await client.send(new PutRecordCommand({ StreamName, Data: Buffer.from('one'), PartitionKey: 'k' }))
        expect(one.ShardId).toBe(ShardId)
        const Records = Array.from({ length: 500 }, (_, index) => ({ Data: Buffer.from(`line ${index}`), PartitionKey: `k${index}` }))
        expect((await client.send(new PutRecordsCommand({ StreamName, Records }))).FailedRecordCount).toBe(0)
        const { ShardIterator } = await client.send(new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' }))
        const got = await client.send(new GetRecordsCommand({ ShardIterator }))
        expect(got.Records).toHaveLength(501)
        expect(Buffer.from(got.Records?.[0]?.Data ?? []).toString()).toBe('one')
        expect(Math.abs(Number(got.Records?.[0]?.ApproximateArrivalTimestamp) - Date.now())).toBeLessThan(600_000)
        await expect(client.send(new DescribeStreamSummaryCommand({ StreamName: 'none' }))).rejects.toMatchObject({
          name: 'ResourceNotFoundException',
        })
        const { StreamDescriptionSummary } = await client.send(new DescribeStreamSummaryCommand({ StreamName }))
        const StreamARN = StreamDescriptionSummary?.StreamARN
        const { Consumer } = await client.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: 'c' }))
        const start = { Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: one.SequenceNumber } as const
        const subscribe = new SubscribeToShardCommand({ ConsumerARN: Consumer?.ConsumerARN, ShardId, StartingPosition: start })
        const { EventStream } = await client.send(subscribe)
        let received = 0
        let put = false
        for await (const { SubscribeToShardEvent: event } of EventStream ?? []) {
          received += event?.Records?.length ?? 0
          if (received === 500 && !put) {
            put = true
            await client.send(new PutRecordCommand({ StreamName, Data: Buffer.from('last'), PartitionKey: 'k' }))
          }
          if (received > 500) break
        }
        expect(received).toBe(501)
        await client.send(new DeregisterStreamConsumerCommand({ ConsumerARN: Consumer?.ConsumerARN }))
        await client.send(new DeleteStreamCommand({ StreamName }))
      })
    })
  })
}
