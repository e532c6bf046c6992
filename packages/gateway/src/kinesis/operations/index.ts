import type { KinesisOperation } from '../operation.ts'
import { addTagsToStream } from './add-tags-to-stream.ts'
import { createStream } from './create-stream.ts'
import { deleteResourcePolicy } from './delete-resource-policy.ts'
import { deleteStream } from './delete-stream.ts'
import { deregisterStreamConsumer } from './deregister-stream-consumer.ts'
import { describeLimits } from './describe-limits.ts'
import { describeStreamConsumer } from './describe-stream-consumer.ts'
import { describeStreamSummary } from './describe-stream-summary.ts'
import { describeStream } from './describe-stream.ts'
import { disableEnhancedMonitoring } from './disable-enhanced-monitoring.ts'
import { enableEnhancedMonitoring } from './enable-enhanced-monitoring.ts'
import { getRecords } from './get-records.ts'
import { getResourcePolicy } from './get-resource-policy.ts'
import { getShardIterator } from './get-shard-iterator.ts'
import { listShards } from './list-shards.ts'
import { listStreamConsumers } from './list-stream-consumers.ts'
import { listStreams } from './list-streams.ts'
import { listTagsForResource } from './list-tags-for-resource.ts'
import { listTagsForStream } from './list-tags-for-stream.ts'
import { putRecord } from './put-record.ts'
import { putRecords } from './put-records.ts'
import { putResourcePolicy } from './put-resource-policy.ts'
import { registerStreamConsumer } from './register-stream-consumer.ts'
import { removeTagsFromStream } from './remove-tags-from-stream.ts'
import { startStreamEncryption } from './start-stream-encryption.ts'
import { stopStreamEncryption } from './stop-stream-encryption.ts'
import { subscribeToShard } from './subscribe-to-shard.ts'
import { tagResource } from './tag-resource.ts'
import { untagResource } from './untag-resource.ts'
import { updateMaxRecordSize } from './update-max-record-size.ts'
import { updateStreamMode } from './update-stream-mode.ts'
import { updateStreamRecordDistributionStrategy } from './update-stream-record-distribution-strategy.ts'
import { updateStreamWarmThroughput } from './update-stream-warm-throughput.ts'

/** What of Kinesis's API is served. */
export const kinesisOperations: readonly KinesisOperation[] = [
  addTagsToStream,
  createStream,
  deleteResourcePolicy,
  deleteStream,
  deregisterStreamConsumer,
  describeLimits,
  describeStream,
  describeStreamConsumer,
  describeStreamSummary,
  disableEnhancedMonitoring,
  enableEnhancedMonitoring,
  getRecords,
  getResourcePolicy,
  getShardIterator,
  listShards,
  listStreamConsumers,
  listStreams,
  listTagsForResource,
  listTagsForStream,
  putRecord,
  putRecords,
  putResourcePolicy,
  registerStreamConsumer,
  removeTagsFromStream,
  startStreamEncryption,
  stopStreamEncryption,
  subscribeToShard,
  tagResource,
  untagResource,
  updateMaxRecordSize,
  updateStreamMode,
  updateStreamRecordDistributionStrategy,
  updateStreamWarmThroughput,
]
