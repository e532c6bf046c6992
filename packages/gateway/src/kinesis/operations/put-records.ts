import type { PutResult } from '@millrace/stream'
import { list, structure } from '../../aws/shape.ts'
import { data, dryRun, hashKey, onStream, partitionKey } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { checkDryRun } from '../records/dry-run.ts'
import { putEntries, type PutEntry } from '../records/put-entries.ts'
import type { StreamReference } from '../streams/find-stream.ts'

interface Input extends StreamReference {
  readonly Records: readonly PutEntry[]
  readonly DryRun?: boolean
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
export const putRecords: KinesisOperation = operation<Input>({
  name: 'PutRecords',
  input: onStream(
    { Records: list(structure({ Data: data, ExplicitHashKey: hashKey, PartitionKey: partitionKey }, ['Data']), 1, 500), DryRun: dryRun },
    ['Records'],
  ),
  run: async (input, context) => {
    const path = (member: string, at: number): string => `records.${at + 1}.member.${member}`
    const { results, encryption } = await putEntries(input, input.Records, path, context, () => checkDryRun(input))
    let failed = 0
    const Records = results.map((result) => {
      if (!result.accepted) failed++
      return entryOutput(result)
    })
    return { FailedRecordCount: failed, Records, ...encryption }
  },
})

function entryOutput(result: PutResult): object {
  if (result.accepted) return { SequenceNumber: result.sequenceNumber, ShardId: result.shardId }
  const exceeded = result.reason === 'throughput-exceeded'
  return { ErrorCode: exceeded ? 'ProvisionedThroughputExceededException' : 'InternalFailure', ErrorMessage: result.message }
}
