import type { Readable, Writable } from 'node:stream'
import type { PipeClock } from './pipe-clock.ts'
import type { RecordDestination } from './record-destination.ts'
import type { MessageStream } from './status-line.ts'

/** What a pipe does. Sizes and times have the defaults of `pipeDefaults`. */
export interface PipeOptions extends Partial<PipeLimits> {
  /** Read in order; `-`, or none at all, is standard input. */
  readonly files: readonly string[]
  /** Closed when the pipe ends. */
  readonly destination: RecordDestination
  /** Tells the spools of one server's streams apart. */
  readonly stream: string
  /** `service.name` and `host.name` of the records. */
  readonly service?: string | undefined
  readonly host?: string | undefined
  /** One key for all records. Without it each batch has a random one, so that a busy source uses every shard. */
  readonly partitionKey?: string | undefined
  /** One key for each source and one request at a time: the lines of a source stay in order. */
  readonly ordered?: boolean
  /** Copies the input to standard output. */
  readonly tee?: boolean
  /** No messages and no progress; the summary is only returned. */
  readonly quiet?: boolean
  /** Stack traces become one record. Default true. */
  readonly join?: boolean
  /** Where records wait while the server is away. Without it the input waits. */
  readonly spoolDirectory?: string | undefined
  /** How long to go on trying after the end of the input while the server is away. */
  readonly waitMs?: number
}

export interface PipeLimits {
  readonly lineBytesMax: number
  readonly joinTimeoutMs: number
  readonly batchRecordsMax: number
  readonly batchBytesMax: number
  readonly batchDelayMs: number
  readonly requestsInFlightMax: number
  readonly awayAttemptsMax: number
  readonly retryDelayMs: number
  readonly retryDelayMsMax: number
  readonly spoolBytesMax: number
  readonly spoolSegmentBytesMax: number
}

export const pipeDefaults: PipeLimits & { readonly waitMs: number } = {
  lineBytesMax: 1024 * 1024,
  joinTimeoutMs: 50,
  batchRecordsMax: 5_000,
  batchBytesMax: 1024 * 1024,
  batchDelayMs: 20,
  requestsInFlightMax: 4,
  awayAttemptsMax: 3,
  retryDelayMs: 100,
  retryDelayMsMax: 5_000,
  spoolBytesMax: 1024 * 1024 * 1024,
  spoolSegmentBytesMax: 16 * 1024 * 1024,
  waitMs: 30_000,
}

/** The world as a pipe sees it. */
export interface PipeIo {
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: MessageStream
  /** Aborted: no more input is read; what was read is sent or spooled within two seconds. */
  readonly signal: AbortSignal
  readonly clock: PipeClock
  /** In [0, 1). */
  readonly random: () => number
  /** Draws an id that no other run has. */
  readonly drawId: () => string
}
