import { structure } from '../../aws/shape.ts'
import { KinesisError } from '../kinesis-error.ts'
import { type KinesisOperation, operation } from '../operation.ts'

const queues = 'There are no queues over streams: map the stream to a function, or read it with GetRecords or SubscribeToShard.'
const channels = 'There are no channels to S3: map the stream to a function that writes there.'
const account = 'There are no accounts, and no settings of them.'

const reasons: Readonly<Record<string, string>> = {
  ...each(
    queues,
    'CreateQueue',
    'DeleteQueue',
    'DescribeQueue',
    'ListQueues',
    'UpdateQueue',
    'ReceiveQueueRecords',
    'AcknowledgeQueueRecords',
    'UpdateQueueRecordsVisibility',
    'ReceiveDeadLetterQueueRecords',
    'AcknowledgeDeadLetterQueueRecords',
    'RestoreDeadLetterQueueRecords',
    'UpdateDeadLetterQueueRecordsVisibility',
  ),
  ...each(channels, 'CreateChannel', 'DeleteChannel', 'DescribeChannel', 'ListChannels', 'UpdateChannel'),
  ...each(account, 'DescribeAccountSettings', 'UpdateAccountSettings'),
}

/** Operations of Kinesis's that are not here, each of which says why and what to do. */
export const refusedOperations: readonly KinesisOperation[] = Object.entries(reasons).map(([name, reason]) =>
  operation<object>({
    name,
    input: structure({}),
    run: async () => {
      throw new KinesisError('UnsupportedOperationException', `${name} is not supported. ${reason}`)
    },
  }),
)

function each(reason: string, ...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, reason]))
}
