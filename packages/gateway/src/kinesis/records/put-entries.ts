import { parseHashKey } from '@millrace/stream'
import type { PutRecord, PutResult } from '@millrace/stream'
import { type BlobInput, blobBytes } from '../../aws/blob.ts'
import { ValidationException } from '../../aws/model-error.ts'
import { blobTooLong, memberMissing } from '../../aws/validate.ts'
import type { KinesisContext } from '../kinesis-context.ts'
import { KinesisError } from '../kinesis-error.ts'
import { findStream, type StreamReference } from '../streams/find-stream.ts'
import type { StreamDetails } from '../streams/stream-details.ts'

/** A record as a request has it. */
export interface PutEntry {
  readonly Data: BlobInput
  /** It may be left out where the stream gives records their shards itself (`RecordDistributionStrategy` AUTO). */
  readonly PartitionKey?: string
  readonly ExplicitHashKey?: string
}

export interface PutOutput {
  readonly results: readonly PutResult[]
  /** Member of the answer. */
  readonly encryption: { readonly EncryptionType?: string }
}

const requestBytesMax = 10 * 1024 * 1024

/**
 * Puts the records of a request. `pathOf` names a member of a record in the words of an error; `ready` is called when nothing is left that could be wrong.
 * Throws `ValidationException`, `InvalidArgumentException`, `ResourceNotFoundException`.
 */
export async function putEntries(
  reference: StreamReference,
  entries: readonly PutEntry[],
  pathOf: (member: string, index: number) => string,
  context: KinesisContext,
  ready: () => void,
): Promise<PutOutput> {
  const { services, details, metrics } = context
  const stream = await findStream(reference, services.streams)
  const kept = await details.recent(stream)
  const { records, bytes } = toRecords(entries, kept, pathOf, () => services.randomKey())
  ready()
  const results = await stream.put(records)
  metrics.ingestRecords += results.length
  metrics.ingestBytes += bytes
  for (const [index, result] of results.entries()) {
    if (result.accepted) continue
    metrics.ingestRecords--
    metrics.ingestBytes -= (records[index] as PutRecord).data.byteLength
    metrics.countRefused(result.reason)
  }
  return { results, encryption: kept.encryptionType === 'KMS' ? { EncryptionType: 'KMS' } : {} }
}

function toRecords(
  entries: readonly PutEntry[],
  kept: StreamDetails,
  pathOf: (member: string, index: number) => string,
  randomKey: () => string,
): { readonly records: PutRecord[]; readonly bytes: number } {
  const recordBytesMax = kept.maxRecordSizeInKiB * 1024
  const records: PutRecord[] = []
  let bytes = 0
  let total = 0
  for (const [index, { Data, PartitionKey, ExplicitHashKey }] of entries.entries()) {
    const data = blobBytes(Data)
    const partitionKey = PartitionKey ?? (kept.recordDistributionStrategy === 'AUTO' ? randomKey() : undefined)
    if (partitionKey === undefined) throw memberMissing(pathOf('partitionKey', index))
    bytes += data.byteLength
    const size = data.byteLength + (PartitionKey === undefined ? 0 : Buffer.byteLength(partitionKey))
    total += size
    if (size > recordBytesMax) throw recordTooLarge(pathOf('data', index), recordBytesMax)
    if (ExplicitHashKey !== undefined) checkHashKey(ExplicitHashKey)
    records.push(ExplicitHashKey === undefined ? { data, partitionKey } : { data, partitionKey, explicitHashKey: ExplicitHashKey })
  }
  if (total > requestBytesMax) {
    throw new KinesisError('InvalidArgumentException', `Records size exceeds 10 MB limit: the data and partition keys have ${total} bytes.`)
  }
  return { records, bytes }
}

function recordTooLarge(path: string, max: number): ValidationException {
  return new ValidationException(`1 validation error detected: ${blobTooLong(path, max)}`)
}

/** Of 39 digits, the last are above what 128 bits hold. */
function checkHashKey(text: string): void {
  if (parseHashKey(text) !== undefined) return
  throw new KinesisError(
    'InvalidArgumentException',
    `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${text}`,
  )
}
