import { type Shard, type StreamDescription, StreamNotFoundError, type StreamRegistry } from '@millrace/stream'

/** The shards of a stream, ascending; none while it is being created or deleted. */
export async function shardsOf({ name }: StreamDescription, streams: StreamRegistry): Promise<readonly Shard[]> {
  try {
    return await (await streams.get(name)).shards()
  } catch (error) {
    if (error instanceof StreamNotFoundError) return []
    throw error
  }
}
