import type { SelfManagedKafkaEvent } from '@millrace/function'
import { kafkaEvent } from '@millrace/function/kafka-record'
import { RecordBatch, type RecordSource, type StreamRecord } from '@millrace/stream'

/** Lambda's event for a batch of a Kafka topic. The batch is taken apart when its records are first read. */
export function kafkaBatchEvent(source: RecordSource, bytes: Uint8Array): SelfManagedKafkaEvent {
  return kafkaEvent(source, {
    *[Symbol.iterator](): Iterator<StreamRecord> {
      yield* new RecordBatch(source, bytes)
    },
  })
}
