import { parseDestination } from '@millrace/function'
import { InvalidMappingError } from './parse-mapping-parameters.ts'

/** A mapping that tells its own stream of its failures would never end. Throws `InvalidMappingError`. */
export function checkNotOwnStream(destination: string, streamName: string): void {
  const parsed = parseDestination(destination)
  const isOwn = parsed.kind === 'stream' ? parsed.streamName === streamName : destination === streamName
  if (!isOwn) return
  throw new InvalidMappingError(
    `The destination ${destination} is the mapping's own ${parsed.kind === 'stream' ? 'stream' : 'topic'}: what is told there would be handled, and fail, again and again. Use another one.`,
  )
}
