import { type KafkaItemIdentifier, topicPartition } from '@millrace/function'
import type { RecordSource, StreamRecord } from '@millrace/stream'

/** Which records of a batch failed, and why. */
export interface LambdaFailure {
  /** Ascending indexes in the batch, at least one; undefined where the response fails the whole batch. */
  readonly failing: readonly number[] | undefined
  readonly reason: string
}

/**
 * Reads the response of a function with ReportBatchItemFailures, as Lambda does for streams: an answer that cannot be read fails the whole batch.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
export function lambdaFailure(
  json: string,
  records: readonly StreamRecord[],
  kafka?: Pick<RecordSource, 'kafka' | 'shard'>,
): LambdaFailure | undefined {
  const response = parseResponse(json)
  if (response === unreadable) return { failing: undefined, reason: 'The function answered what is not JSON.' }
  if (typeof response !== 'object' || response === null || !('batchItemFailures' in response)) return undefined
  const failures = response.batchItemFailures
  if (failures === null || failures === undefined) return undefined
  if (!Array.isArray(failures)) return whole('batchItemFailures', failures)
  if (failures.length === 0) return undefined
  if (kafka?.kafka !== undefined) return inPartition(failures, records, topicPartition(kafka.kafka.topic, kafka.shard.index))
  const identifiers = new Set<string>()
  for (const failure of failures) {
    const identifier: unknown = typeof failure === 'object' && failure !== null ? failure.itemIdentifier : undefined
    if (typeof identifier !== 'string' || identifier === '') return whole('an entry of batchItemFailures', failure)
    identifiers.add(identifier)
  }
  return inBatch(identifiers, records)
}

function inBatch(identifiers: Set<string>, records: readonly StreamRecord[]): LambdaFailure {
  const failing: number[] = []
  for (let index = 0; index < records.length && identifiers.size > 0; index++) {
    if (identifiers.delete((records[index] as StreamRecord).sequenceNumber)) failing.push(index)
  }
  for (const foreign of identifiers) return whole('an itemIdentifier that is no sequence number of the batch', foreign)
  return reported(failing, records)
}

/** Kafka's records are named by partition and offset: https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html */
function inPartition(failures: readonly unknown[], records: readonly StreamRecord[], partition: string): LambdaFailure {
  const offsets = new Set<number>()
  for (const failure of failures) {
    const { itemIdentifier } = (failure ?? {}) as { readonly itemIdentifier?: Partial<KafkaItemIdentifier> | null }
    if (typeof itemIdentifier?.offset !== 'number' || itemIdentifier.partition !== partition) {
      return whole(`an entry of batchItemFailures that is no offset of ${partition}`, failure)
    }
    offsets.add(itemIdentifier.offset)
  }
  const failing: number[] = []
  for (let index = 0; index < records.length && offsets.size > 0; index++) {
    if (offsets.delete((records[index] as StreamRecord).position)) failing.push(index)
  }
  for (const foreign of offsets) return whole('an offset that is not in the batch', foreign)
  return reported(failing, records)
}

function reported(failing: readonly number[], records: readonly StreamRecord[]): LambdaFailure {
  return { failing, reason: `The function reported ${failing.length} of ${records.length} records as failed.` }
}

function whole(what: string, value: unknown): LambdaFailure {
  return { failing: undefined, reason: `The function answered ${what}: ${(JSON.stringify(value) ?? 'undefined').slice(0, 200)}` }
}

/** In place of a response that is not JSON. */
export const unreadable: unique symbol = Symbol('unreadable')

/** The response of a function; an empty one is undefined. */
export function parseResponse(json: string): unknown {
  if (json === '') return undefined
  try {
    return JSON.parse(json)
  } catch {
    return unreadable
  }
}
