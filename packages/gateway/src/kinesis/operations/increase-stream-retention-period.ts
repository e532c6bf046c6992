import type { KinesisOperation } from '../operation.ts'
import { retentionChange } from '../streams/retention-change.ts'

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_IncreaseStreamRetentionPeriod.html */
export const increaseStreamRetentionPeriod: KinesisOperation = retentionChange('IncreaseStreamRetentionPeriod', 'at least')
