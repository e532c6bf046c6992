import type { BlobInput } from '../../aws/blob.ts'
import { KinesisError } from '../kinesis-error.ts'
import { data, dryRun, hashKey, onStream, partitionKey, sequenceNumber } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { checkDryRun } from '../records/dry-run.ts'
import { putEntries } from '../records/put-entries.ts'
import type { StreamReference } from '../streams/find-stream.ts'

interface Input extends StreamReference {
  readonly Data: BlobInput
  readonly PartitionKey?: string
  readonly ExplicitHashKey?: string
  readonly SequenceNumberForOrdering?: string
  readonly DryRun?: boolean
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html */
export const putRecord: KinesisOperation = operation<Input>({
  name: 'PutRecord',
  input: onStream(
    { Data: data, PartitionKey: partitionKey, ExplicitHashKey: hashKey, SequenceNumberForOrdering: sequenceNumber, DryRun: dryRun },
    ['Data'],
  ),
  run: async (input, context) => {
    const { results, encryption } = await putEntries(
      input,
      [input],
      (member) => member,
      context,
      () => checkDryRun(input),
    )
    const result = results[0]
    if (result?.accepted === true) return { ShardId: result.shardId, SequenceNumber: result.sequenceNumber, ...encryption }
    if (result?.reason === 'throughput-exceeded') throw new KinesisError('ProvisionedThroughputExceededException', result.message)
    if (result?.reason === 'invalid-record') throw new KinesisError('InvalidArgumentException', result.message)
    throw new KinesisError('InternalFailureException', result?.message ?? 'The record was not answered.', 500)
  },
})
