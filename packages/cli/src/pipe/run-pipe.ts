import { Batcher } from './batcher.ts'
import { Delivery } from './delivery.ts'
import { pipeDefaults, type PipeIo, type PipeLimits, type PipeOptions } from './pipe-options.ts'
import { pipeSources, type PipeSource } from './pipe-source.ts'
import { formatSummary, type PipeSummary } from './pipe-summary.ts'
import { pumpSource } from './pump-source.ts'
import { RecordReader } from './record-reader.ts'
import { claimSpool, destinationDirectory, hasLeftovers } from './spool-claim.ts'
import { Spool } from './spool.ts'
import { StatusLine } from './status-line.ts'
import { Tee } from './tee.ts'

const abortedWaitMs = 2_000

/**
 * Reads lines from files or standard input and brings them to the destination as records. Resolves when every line is accepted, refused, or in the spool, and says
 * how it went on `stderr`. Rejects only for defects and for a spool that cannot be used.
 */
export async function runPipe(options: PipeOptions, io: PipeIo): Promise<PipeSummary> {
  const run = new PipeRun(options, io)
  io.signal.addEventListener('abort', run.onAbort)
  try {
    await run.read()
    return await run.finish()
  } finally {
    io.signal.removeEventListener('abort', run.onAbort)
    run.status.close()
    await options.destination.close()
  }
}

class PipeRun {
  readonly status: StatusLine
  readonly #options: PipeOptions
  readonly #limits: PipeLimits & { readonly waitMs: number }
  readonly #io: PipeIo
  readonly #startedAt: number
  readonly #delivery: Delivery
  readonly #batcher: Batcher
  readonly #tee: Tee | undefined
  readonly #producerId: string
  readonly #errors: string[] = []
  readonly #readers: RecordReader[] = []
  #sequence = 0
  #bytesRead = 0
  #spool: Spool | undefined

  constructor(options: PipeOptions, io: PipeIo) {
    const limits = { ...pipeDefaults, ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) }
    this.#options = options
    this.#limits = limits
    this.#io = io
    this.#startedAt = io.clock.now()
    this.#producerId = io.drawId()
    this.#tee = options.tee === true ? new Tee(io.stdout) : undefined
    this.#batcher = new Batcher({
      ...limits,
      drawPartitionKey: () => options.partitionKey ?? Math.floor(io.random() * 2 ** 52).toString(36),
    })
    this.status = new StatusLine(io.stderr, io.clock, options.quiet === true, () => ({
      lines: this.#lines(),
      bytes: this.#bytesRead,
      spooledRecords: this.#delivery.spooledRecords,
    }))
    this.#delivery = new Delivery({
      ...limits,
      destination: options.destination,
      clock: io.clock,
      random: io.random,
      requestsInFlightMax: options.ordered === true ? 1 : limits.requestsInFlightMax,
      openSpool: options.spoolDirectory === undefined ? undefined : () => this.#openSpool(options.spoolDirectory as string),
      notice: (text) => this.status.say(text),
    })
  }

  /** Stopped by the user: what is under way gets a moment, then everything goes to the spool. */
  readonly onAbort = (): void => {
    this.#io.clock.schedule(Math.min(abortedWaitMs, this.#limits.waitMs), () => this.#delivery.giveUp())
  }

  /** Reads every source to its end, or until nothing can be accepted or the pipe is stopped. */
  async read(): Promise<void> {
    const { spoolDirectory } = this.#options
    if (spoolDirectory !== undefined && (await hasLeftovers(this.#spoolRoot(spoolDirectory)))) await this.#delivery.resume()
    for (const source of pipeSources(this.#options.files, this.#io.stdin)) {
      if (this.#delivery.fatal !== undefined) break
      await this.#readSource(source)
    }
    const last = this.#batcher.flush()
    if (last !== undefined) await this.#delivery.submit(last)
  }

  async finish(): Promise<PipeSummary> {
    await this.#delivery.finish(this.#limits.waitMs)
    this.status.close()
    const summary = this.#summary()
    if (this.#options.quiet !== true) this.#io.stderr.write(formatSummary(summary))
    return summary
  }

  async #readSource(source: PipeSource): Promise<void> {
    const reader = new RecordReader({
      ...this.#limits,
      join: this.#options.join !== false,
      headers: this.#headersOf(source),
      partitionKey: this.#partitionKeyOf(source),
      takeSequences: (count) => {
        this.#sequence += count
        return this.#sequence - count
      },
    })
    this.#readers.push(reader)
    const error = await pumpSource(source, reader, {
      batcher: this.#batcher,
      delivery: this.#delivery,
      clock: this.#io.clock,
      signal: this.#io.signal,
      onChunk: async (chunk) => {
        this.#bytesRead += chunk.byteLength
        await this.#tee?.write(chunk)
      },
    })
    if (error !== undefined) this.#errors.push(`${source.path ?? 'standard input'} was not read to its end: ${error.message}`)
  }

  #headersOf(source: PipeSource): { readonly producerId: string } {
    const { service, host } = this.#options
    return {
      ...(service === undefined ? {} : { service }),
      ...(host === undefined ? {} : { host }),
      ...(source.path === undefined ? {} : { path: source.path }),
      producerId: this.#producerId,
    }
  }

  #partitionKeyOf(source: PipeSource): string | undefined {
    if (this.#options.partitionKey !== undefined || this.#options.ordered !== true) return this.#options.partitionKey
    return [this.#options.host, this.#options.service, source.path ?? 'stdin']
      .filter((part) => part !== undefined)
      .join(':')
      .slice(-256)
  }

  #spoolRoot(directory: string): string {
    return destinationDirectory(directory, `${this.#options.destination.name} ${this.#options.stream}`)
  }

  async #openSpool(directory: string): Promise<Spool> {
    const { path, foreign } = await claimSpool(this.#spoolRoot(directory))
    for (const other of foreign) this.status.say(`the spool ${other} was written on another machine: it is left alone`)
    this.#spool = await Spool.open(path, {
      spoolBytesMax: this.#limits.spoolBytesMax,
      segmentBytesMax: this.#limits.spoolSegmentBytesMax,
      notice: (text) => this.status.say(text),
    })
    return this.#spool
  }

  #lines(): number {
    return this.#readers.reduce((sum, reader) => sum + reader.lines, 0)
  }

  #summary(): PipeSummary {
    const { tally, fatal } = this.#delivery
    const linesRead = this.#lines()
    const errors = fatal === undefined ? this.#errors : [...this.#errors, fatal.message]
    const damaged = this.#spool?.damagedBytes ?? 0
    const open = tally.refusedLines + tally.unsentLines + tally.spooledRecords + tally.earlierSpooledRecords + tally.earlierRefusedRecords
    return {
      complete: open === 0 && errors.length === 0 && damaged === 0,
      linesRead,
      emptyLines: this.#readers.reduce((sum, reader) => sum + reader.emptyLines, 0),
      acceptedLines: linesRead - tally.refusedLines - tally.unsentLines - tally.spooledLines,
      acceptedRecords: tally.acceptedRecords,
      acceptedBytes: tally.acceptedBytes,
      refusedLines: tally.refusedLines,
      firstRefusal: tally.firstRefusal,
      spooledRecords: tally.spooledRecords + tally.earlierSpooledRecords,
      spoolPath: this.#spool?.path,
      unsentLines: tally.unsentLines,
      earlierAcceptedRecords: tally.earlierAcceptedRecords,
      errors,
      elapsedMs: this.#io.clock.now() - this.#startedAt,
    }
  }
}
