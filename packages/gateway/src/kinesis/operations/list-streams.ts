import { streamArn } from '@millrace/stream'
import { structure } from '../../aws/shape.ts'
import { nextToken, page, streamName } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { pageAfter, readPageToken, writePageToken } from '../streams/page-token.ts'
import { WireTimestamp } from '../wire/wire-values.ts'

interface Input {
  readonly Limit?: number
  readonly ExclusiveStartStreamName?: string
  readonly NextToken?: string
}

const list = 'ListStreams'

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListStreams.html */
export const listStreams: KinesisOperation = operation<Input>({
  name: list,
  input: structure({ Limit: page, ExclusiveStartStreamName: streamName, NextToken: nextToken }),
  run: async ({ Limit = 100, ExclusiveStartStreamName, NextToken }, { services: { streams, clock }, details }) => {
    const now = clock.now()
    const after = NextToken === undefined ? ExclusiveStartStreamName : readPageToken(NextToken, list, now).after
    const { items, more } = pageAfter(await streams.list(), ({ name }) => name, after, Limit)
    const last = items.at(-1)
    return {
      StreamNames: items.map(({ name }) => name),
      HasMoreStreams: more,
      NextToken: more && last !== undefined ? writePageToken({ list, after: last.name }, now) : undefined,
      StreamSummaries: await Promise.all(
        items.map(async (stream) => ({
          StreamName: stream.name,
          StreamARN: streamArn(stream.name),
          StreamStatus: stream.status,
          StreamModeDetails: { StreamMode: (await details.recent(stream)).mode },
          StreamCreationTimestamp: new WireTimestamp(stream.createdTimestamp),
        })),
      ),
    }
  },
})
