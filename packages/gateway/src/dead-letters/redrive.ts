import { parseSequenceNumber, recordId } from '@millrace/stream'
import type { DeadLetter, DeadLetterStore, PutRecord, StreamRegistry } from '@millrace/stream'
import { toHttpError } from '../http/to-http-error.ts'

/** Letters that are read, put and removed at a time. */
const pageLetters = 100

/** A letter that stays where it is, and why. */
interface RedriveFailure {
  readonly id: string
  readonly code: string
  readonly message: string
  readonly retryable: boolean
}

export interface RedriveResult {
  /** Letters whose records are back on their stream, and which are gone from the store. */
  readonly redriven: number
  readonly failed: readonly RedriveFailure[]
}

export type RedriveSelection =
  | { readonly ids: readonly string[] }
  | {
      readonly all: true
      readonly stream?: string | undefined
      readonly function?: string | undefined
      /** Letters younger than this, milliseconds since the epoch, stay: what an earlier answer of pressure named, so that the rest is the rest of that time. */
      readonly before?: number | undefined
    }

/** What a redrive works with. */
export interface RedriveContext {
  readonly deadLetters: DeadLetterStore
  readonly streams: StreamRegistry
  /** Letters younger than this, milliseconds since the epoch, are not touched: one that dies again is not driven round and round. */
  readonly startedAt: number
  /** Looked at between pages. */
  readonly signal: AbortSignal
}

/**
 * Puts records back on their streams with the identity that they had, then removes their letters. Dying in between repeats records and never loses one; by
 * their identity the repeats are invisible. Ends early when a stream pushes back.
 */
export async function redrive(selection: RedriveSelection, context: RedriveContext): Promise<RedriveResult> {
  const failed: RedriveFailure[] = []
  let redriven = 0
  for await (const page of pages(selection, context, failed)) {
    const before = failed.length
    redriven += await redrivePage(page, context, failed)
    const pressed = failed.length > before && failed.slice(before).some((failure) => failure.retryable)
    if (pressed || context.signal.aborted) break
  }
  return { redriven, failed }
}

async function* pages(
  selection: RedriveSelection,
  context: RedriveContext,
  failed: RedriveFailure[],
): AsyncIterable<readonly DeadLetter[]> {
  if ('ids' in selection) yield* pagesById([...new Set(selection.ids)], context.deadLetters, failed)
  else yield* pagesOfAll(selection, context)
}

async function* pagesById(ids: readonly string[], store: DeadLetterStore, failed: RedriveFailure[]): AsyncIterable<readonly DeadLetter[]> {
  for (let start = 0; start < ids.length; start += pageLetters) {
    const page: DeadLetter[] = []
    for (const id of ids.slice(start, start + pageLetters)) {
      const letter = await store.get(id)
      if (letter === undefined)
        failed.push({ id, code: 'unknown-dead-letter', message: `There is no dead letter "${id}".`, retryable: false })
      else page.push(letter)
    }
    yield page
  }
}

async function* pagesOfAll(
  selection: Extract<RedriveSelection, { all: true }>,
  { deadLetters, startedAt }: RedriveContext,
): AsyncIterable<readonly DeadLetter[]> {
  const filter = {
    ...(selection.stream === undefined ? {} : { stream: selection.stream }),
    ...(selection.function === undefined ? {} : { functionName: selection.function }),
  }
  let after: string | undefined
  for (;;) {
    const page = await deadLetters.list({ ...filter, limit: pageLetters, ...(after === undefined ? {} : { after }) })
    after = page.at(-1)?.id
    yield page.filter((letter) => letter.timestamp <= startedAt)
    if (page.length < pageLetters) return
  }
}

/** Answers how many letters of the page are done with. */
async function redrivePage(page: readonly DeadLetter[], context: RedriveContext, failed: RedriveFailure[]): Promise<number> {
  const done: string[] = []
  for (const [streamName, letters] of Map.groupBy(page, (letter) => letter.stream)) {
    const results = await putBack(streamName, letters, context.streams)
    for (const [index, letter] of letters.entries()) {
      const result = results[index]
      if (result?.accepted) done.push(letter.id)
      else if (result !== undefined)
        failed.push({ id: letter.id, code: result.reason, message: result.message, retryable: result.retryable })
      else failed.push({ id: letter.id, code: 'internal', message: 'The stream gave no answer for this record.', retryable: true })
    }
  }
  if (done.length > 0) await context.deadLetters.remove(done)
  return done.length
}

type PutBack =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly reason: string; readonly message: string; readonly retryable: boolean }

async function putBack(streamName: string, letters: readonly DeadLetter[], streams: StreamRegistry): Promise<readonly PutBack[]> {
  try {
    const stream = await streams.get(streamName)
    return await stream.put(letters.map(recordOf))
  } catch (error) {
    const { code, message, retryable, status } = toHttpError(error)
    if (status === 500) throw error
    return letters.map(() => ({ accepted: false, reason: code, message, retryable }))
  }
}

/** The record of a letter, which from now on carries in its headers the identity and the time that it had. */
function recordOf(letter: DeadLetter): PutRecord {
  const sequenceNumber = parseSequenceNumber(letter.sequenceNumber)
  const index = sequenceNumber?.shardIndex ?? Number(letter.shardId.slice(letter.shardId.lastIndexOf('-') + 1))
  const createdTimestamp = sequenceNumber?.shardCreatedTimestamp ?? 0
  const source = { streamName: letter.stream, incarnation: letter.incarnation, shard: { shardId: letter.shardId, index, createdTimestamp } }
  const headers = { readTimestamp: letter.approximateArrivalTimestamp, ...letter.headers, recordId: recordId(source, letter) }
  const { data, partitionKey, producerSequence } = letter
  return producerSequence === undefined ? { data, partitionKey, headers } : { data, partitionKey, headers, producerSequence }
}
