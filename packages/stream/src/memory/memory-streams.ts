import { systemClock } from '../clock.ts'
import { LocalStreams, type LocalStreamsOptions, localStreamsDefaults } from '../local/local-streams.ts'
import { MemoryStore } from './memory-store.ts'

export interface MemoryStreamsOptions extends Partial<LocalStreamsOptions> {
  /** Of all records and dead letters together; past it puts are refused as `storage-full` until retention takes something. 1 GiB. */
  readonly storageBytesMax?: number
}

/**
 * Streams and dead letters that live as long as the process: for tests, simulations and trials. They take the same way as those on disk, except for
 * the disk. Time is the clock's alone, so that a manual one rules retention too.
 */
export function createMemoryStreams(options: MemoryStreamsOptions = {}): LocalStreams {
  const { storageBytesMax = 1024 ** 3, ...rest } = options
  const store = new MemoryStore(storageBytesMax)
  const state = { streams: [], nextShardKey: 1, resources: [], lastVersion: 0 }
  return new LocalStreams(store, state, { ...localStreamsDefaults, clock: systemClock, ...rest })
}
