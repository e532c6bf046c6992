import type { StreamDescription } from '@millrace/stream'
import { WireTimestamp } from '../wire/wire-values.ts'
import type { StreamDetails } from './stream-details.ts'

/** What DescribeStream and DescribeStreamSummary both answer. */
export function commonDescription(stream: StreamDescription, details: StreamDetails): object {
  return {
    StreamStatus: stream.status,
    StreamModeDetails: { StreamMode: details.mode },
    RetentionPeriodHours: stream.retentionHours,
    StreamCreationTimestamp: new WireTimestamp(stream.createdTimestamp),
    EnhancedMonitoring: [{ ShardLevelMetrics: details.shardLevelMetrics }],
    EncryptionType: details.encryptionType,
    KeyId: details.keyId,
  }
}
