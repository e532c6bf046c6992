import type { ShardPosition, Stream } from '@millrace/stream'

/** Texts of all records by partition key, in the order in which the shards follow one another. */
export async function storedByKey(stream: Stream): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>()
  for (const { shardId } of await stream.shards()) {
    for (let from: ShardPosition = { type: 'TRIM_HORIZON' }; ; ) {
      const { records, nextPosition } = await stream.read(shardId, from, { recordsMax: 10_000, bytesMax: 1e7 })
      if (records.length === 0) break
      for (const { partitionKey, data } of records) {
        const texts = found.get(partitionKey) ?? []
        texts.push(Buffer.from(data).toString())
        found.set(partitionKey, texts)
      }
      from = { type: 'AT_POSITION', position: nextPosition }
    }
  }
  return found
}

/** The last count of each key that a process of `put.ts` was told to be accepted. */
export function acceptedCounts(lines: readonly string[]): ReadonlyMap<string, number> {
  return new Map(lines.filter((line) => line.startsWith('accepted ')).map((line) => [line.split(' ')[1] ?? '', Number(line.split(' ')[2])]))
}

/** `KEY/0`, `KEY/1` and so on. */
export function numbered(key: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${key}/${at}`)
}
