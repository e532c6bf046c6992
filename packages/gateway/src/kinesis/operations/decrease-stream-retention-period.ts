import type { KinesisOperation } from '../operation.ts'
import { retentionChange } from '../streams/retention-change.ts'

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DecreaseStreamRetentionPeriod.html */
export const decreaseStreamRetentionPeriod: KinesisOperation = retentionChange('DecreaseStreamRetentionPeriod', 'at most')
