import type { DocumentDifference, ReplayCounts, ReplayEvent, ReplayPositions } from '@millrace/function'
import type { MessageStream } from '../pipe/status-line.ts'

export interface ReplayReportOptions {
  readonly json: boolean
  /** Results, a line each. */
  readonly print: (line: string) => void
  /** Messages, and progress where it is a terminal. */
  readonly messages: MessageStream
}

/** Batches that failed are named, up to so many. */
const failuresMax = 20

/** Prints what a replay tells. */
export class ReplayReport {
  readonly #options: ReplayReportOptions
  #begin: Extract<ReplayEvent, { type: 'begin' }> | undefined
  #after: ReplayPositions = {}
  #counts: ReplayCounts | undefined
  #failures = 0
  #waiting = ''
  #drawn = false

  constructor(options: ReplayReportOptions) {
    this.#options = options
  }

  /** Records that were not handled. */
  get failed(): number {
    return this.#counts?.failed ?? 0
  }

  add(event: ReplayEvent): void {
    if (event.type === 'begin') this.#begin = event
    if ('counts' in event) [this.#counts, this.#after] = [event.counts, event.after]
    if (this.#options.json) {
      this.#options.print(JSON.stringify(event))
      return
    }
    this.#tell(event)
  }

  /** What to say to go on where this replay ended; nothing where it has not got anywhere. */
  resumption(): string | undefined {
    const positions = Object.entries(this.#after).map(([shardId, sequenceNumber]) => `${shardId}=${sequenceNumber}`)
    if (this.#begin === undefined || positions.length === 0) return undefined
    const { from, to } = this.#begin
    return `To go on there: --from ${new Date(from).toISOString()} --until ${new Date(to).toISOString()} --after ${positions.join(',')}`
  }

  /** Ends the progress. */
  close(): void {
    if (this.#drawn) this.#options.messages.write('\r\x1b[K')
    this.#drawn = false
  }

  #tell(event: ReplayEvent): void {
    switch (event.type) {
      case 'warning':
        return this.#say(event.message)
      case 'waiting':
        // As long as the reason is the same, once is enough.
        if (event.reason !== this.#waiting) this.#say(`waiting: ${event.reason}`)
        this.#waiting = event.reason
        return
      case 'batch':
        if (event.failed > 0 && ++this.#failures <= failuresMax) this.#say(describeFailure(event))
        return
      case 'difference':
        this.close()
        return this.#options.print(describeDifference(event))
      case 'progress':
        return this.#draw(event.counts, event.arrival)
      case 'end':
        this.close()
        return this.#options.print(describeCounts(event.counts, this.#begin))
      case 'begin':
    }
  }

  #say(sentence: string): void {
    this.close()
    this.#options.messages.write(`millrace: ${sentence}\n`)
  }

  #draw(counts: ReplayCounts, arrival: number): void {
    if (this.#options.messages.isTTY !== true) return
    this.#options.messages.write(`\r\x1b[K${number(counts.read)} records, at ${new Date(arrival).toISOString()}`)
    this.#drawn = true
  }
}

function describeFailure(batch: Extract<ReplayEvent, { type: 'batch' }>): string {
  const { shardId, firstSequenceNumber, lastSequenceNumber, failed, records, attempts, reason = 'no reason given' } = batch
  return `${number(failed)} of ${number(records)} records failed after ${attempts} attempts (${shardId}, ${firstSequenceNumber} to ${lastSequenceNumber}): ${reason}`
}

function describeDifference({ id, dataStream, status, existingDataStream, fields = [] }: DocumentDifference): string {
  const place = existingDataStream === undefined || existingDataStream === dataStream ? dataStream : `${existingDataStream} > ${dataStream}`
  const lines = fields.map(({ field, existing, wanted }) => `    ${field}: ${shown(existing)} > ${shown(wanted)}`)
  return [`${status === 'new' ? 'new      ' : 'different'}  ${id}  ${place}`, ...lines].join('\n')
}

const shownCharsMax = 200

function shown(value: unknown): string {
  const text = value === undefined ? 'none' : JSON.stringify(value)
  return text.length > shownCharsMax ? `${text.slice(0, shownCharsMax)}…` : text
}

function describeCounts(counts: ReplayCounts, begin: Extract<ReplayEvent, { type: 'begin' }> | undefined): string {
  const { read, filtered, batches, bytes, succeeded, failed, previewed, created, different, identical } = counts
  const parts = [`${number(read)} records read`, `${number(filtered)} filtered out`]
  if (begin?.dryRun !== true) parts.push(`${number(succeeded)} replayed in ${number(batches)} batches`)
  else if (created + different + identical > 0 || previewed === 0) {
    parts.push(`${number(created)} would be new`, `${number(different)} would differ`, `${number(identical)} identical`)
  } else parts.push(`${number(previewed)} would go to ${begin.function} in ${number(batches)} batches of ${number(bytes)} bytes in all`)
  if (failed > 0) parts.push(`${number(failed)} failed`)
  return parts.join(', ')
}

function number(value: number): string {
  return value.toLocaleString('en')
}
