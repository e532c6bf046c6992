import { structure, timestamp } from '../../aws/shape.ts'
import { nextToken, page, streamArnShape, streamIdShape } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { consumerOutput } from '../streams/consumer-output.ts'
import { findDescription } from '../streams/find-stream.ts'
import { pageAfter, readPageToken, writePageToken } from '../streams/page-token.ts'

interface Input {
  readonly StreamARN: string
  readonly NextToken?: string
  readonly MaxResults?: number
}

const list = 'ListStreamConsumers'

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListStreamConsumers.html */
export const listStreamConsumers: KinesisOperation = operation<Input>({
  name: list,
  input: structure(
    { StreamARN: streamArnShape, NextToken: nextToken, MaxResults: page, StreamCreationTimestamp: timestamp, StreamId: streamIdShape },
    ['StreamARN'],
  ),
  run: async ({ StreamARN, NextToken, MaxResults = 100 }, { services: { streams, clock }, consumers }) => {
    const now = clock.now()
    const stream = await findDescription({ StreamARN }, streams)
    const after = NextToken === undefined ? undefined : readPageToken(NextToken, list, now).after
    const { items, more } = pageAfter(await consumers.list(stream), ({ name }) => name, after, MaxResults)
    const last = items.at(-1)
    return {
      Consumers: items.map((consumer) => consumerOutput(stream.name, consumer)),
      NextToken: more && last !== undefined ? writePageToken({ list, after: last.name }, now) : undefined,
    }
  },
})
