import { LineSplitter, StackTraceJoiner } from '@millrace/log-normalizer'
import type { PutRecord } from '@millrace/stream'
import { recordOverheadBytes } from './byte-budget.ts'
import type { ByteLease } from './byte-budget.ts'
import type { IngestHeaders } from './ingest-headers.ts'
import type { IngestedRecords } from './ingest-route.ts'
import type { ReadBody } from './read-records.ts'

/**
 * Reads a body of lines, and makes records of them: stack traces are joined, empty lines skipped. The records follow from the bytes and headers alone, not from
 * the chunks or the time in which they arrive: sent again they are the same, with the same numbers.
 */
export async function readLines(
  read: ReadBody,
  headers: IngestHeaders,
  randomKey: () => string,
  lease: ByteLease,
): Promise<IngestedRecords> {
  const splitter = new LineSplitter()
  const joiner = headers.join ? new StackTraceJoiner() : undefined
  const builder = new RecordBuilder(headers, headers.partitionKey ?? randomKey())
  const take = (lines: readonly Uint8Array[]): void => {
    const before = builder.records.length
    builder.add(joiner?.add(lines, 0) ?? lines)
    lease.grow((builder.records.length - before) * recordOverheadBytes)
  }
  await read((chunk) => {
    lease.grow(chunk.byteLength)
    take(splitter.push(chunk))
  })
  take(splitter.end())
  if (joiner !== undefined) builder.add(joiner.flush())
  return { records: builder.records, nextSequence: builder.nextSequence }
}

/** Gives data the key, the headers and the numbers of their request. All records share one headers object. */
class RecordBuilder {
  readonly records: PutRecord[] = []
  readonly #headers: IngestHeaders
  readonly #partitionKey: string

  constructor(headers: IngestHeaders, partitionKey: string) {
    this.#headers = headers
    this.#partitionKey = partitionKey
  }

  get nextSequence(): number | undefined {
    const { firstSequence } = this.#headers
    return firstSequence === undefined ? undefined : firstSequence + this.records.length
  }

  add(lines: readonly Uint8Array[]): void {
    const { records } = this
    const partitionKey = this.#partitionKey
    const { record: headers, firstSequence } = this.#headers
    for (const data of lines) {
      if (data.byteLength === 0) continue
      records.push(
        firstSequence === undefined
          ? { data, partitionKey, headers }
          : { data, partitionKey, headers, producerSequence: firstSequence + records.length },
      )
    }
  }
}
