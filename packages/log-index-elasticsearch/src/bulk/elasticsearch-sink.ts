import type { Client } from '@elastic/elasticsearch'
import { IndexClosedError } from '@millrace/log-index'
import type { DocumentOutcome, LogDocuments, LogSink } from '@millrace/log-index'
import { allCreated } from '../answer-serializer.ts'
import { requestHeaders } from '../create-client.ts'
import type { RequestHeaders } from '../create-client.ts'
import { describeFailure } from '../describe-failure.ts'
import type { Failure } from '../describe-failure.ts'
import { defaultSinkOptions } from '../options.ts'
import type { ElasticsearchSinkOptions } from '../options.ts'
import { askVersion } from '../server-version.ts'
import type { IndexClock } from '../system-clock.ts'
import { timedSignal } from '../timed-signal.ts'
import { encodeBulk } from './encode-bulk.ts'
import type { EncodedBulk } from './encode-bulk.ts'
import { created, exists, itemOutcome } from './item-outcome.ts'
import { ByteGate } from './byte-gate.ts'
import type { BulkItem } from './item-outcome.ts'
import type { Ask, LookupContext } from './find-copies.ts'
import { findRepeats, type Repeats, undoRepeats } from './repeats.ts'
import { requestOutcome } from './request-outcome.ts'

interface BulkAnswer {
  readonly errors: boolean
  readonly items?: readonly { readonly create?: BulkItem }[]
}

/** What came of sending a part of a bulk. */
interface Sent {
  /** The first place that is not settled. */
  readonly next: number
  readonly failure: Failure | undefined
}

/** Buffers that are kept while nothing is under way. */
const sparesMax = 4

/**
 * Of a request that fails, the client copies everything into its error, to leave out what is secret, the body byte by byte: several hundred megabytes for one of five. The
 * error goes no further than to whoever puts it into words.
 */
const redaction = { type: 'off' } as const

/** Only what decides about a document, so that the answer stays small. */
const answerFields = ['errors', 'items.*.error', 'items.*.status']

/**
 * Writes documents into their data streams. It never waits and never repeats a request: what became of each document is answered, and whoever
 * feeds the sink decides about trying again. It only divides what is too large for one request.
 */
export class ElasticsearchSink implements LogSink {
  readonly #client: Client
  readonly #options: ElasticsearchSinkOptions & typeof defaultSinkOptions
  readonly #clock: IndexClock
  #headers: RequestHeaders | undefined
  #bytesMax: number
  #isClosed = false
  readonly #underWay = new Set<Promise<unknown>>()
  /** Buffers of answered bulks, for the next ones: fresh memory costs more than writing into it. */
  readonly #spares: Buffer<ArrayBuffer>[] = []
  readonly #gate: ByteGate

  constructor(client: Client, options: ElasticsearchSinkOptions, clock: IndexClock) {
    this.#client = client
    this.#options = { ...defaultSinkOptions, ...options }
    this.#clock = clock
    this.#bytesMax = this.#options.bulkBytesMax
    this.#gate = new ByteGate(this.#options.bulkBytesUnderWayMax)
    if (options.compatibleWith !== undefined) this.#headers = requestHeaders(options.compatibleWith)
  }

  async bulk(documents: LogDocuments, signal?: AbortSignal): Promise<readonly DocumentOutcome[]> {
    signal?.throwIfAborted()
    if (this.#isClosed) throw new IndexClosedError()
    if (documents.length === 0) return []
    const work = this.#write(documents, signal)
    this.#underWay.add(work)
    try {
      return await work
    } finally {
      this.#underWay.delete(work)
    }
  }

  /** Refuses further bulks, and waits for those under way. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled(this.#underWay)
  }

  async #write(documents: LogDocuments, signal: AbortSignal | undefined): Promise<readonly DocumentOutcome[]> {
    const outcomes = Array<DocumentOutcome>(documents.length).fill(created)
    let failure = await this.#ready(signal)
    let from = 0
    while (failure === undefined && from < documents.length) {
      const sent = await this.#writePart(documents, from, outcomes, signal)
      failure = sent.failure
      from = sent.next
    }
    // What fails one request fails the next one: the rest need not be sent.
    if (failure !== undefined) settleUnsent(from, outcomes, requestOutcome(failure))
    return outcomes
  }

  /** One body, as soon as there is room for it. */
  async #writePart(documents: LogDocuments, from: number, outcomes: DocumentOutcome[], signal: AbortSignal | undefined): Promise<Sent> {
    using room = await this.#gate.enter(this.#bytesMax, signal)
    const part = encodeBulk(documents, { from, to: documents.length, bytesMax: this.#bytesMax }, this.#spares.pop())
    for (const [place, outcome] of part.refused) outcomes[place] = outcome
    room.resize(part.buffer.length)
    return part.maybeRepeated.places.length === 0
      ? await this.#send(part, outcomes, signal)
      : await this.#sendFresh(documents, from, part, outcomes, signal)
  }

  /** As `#send`, for a part in which repeats may be: those that are there already, and all of these if that cannot be found out, are taken out of it. */
  async #sendFresh(
    documents: LogDocuments,
    from: number,
    part: EncodedBulk,
    outcomes: DocumentOutcome[],
    signal: AbortSignal | undefined,
  ): Promise<Sent> {
    const { maybeRepeated } = part
    let repeats: Repeats | undefined
    const failure = await this.#request(signal, async (ask) => {
      repeats = await findRepeats(this.#lookup(ask), maybeRepeated)
    })
    const without = failure === undefined ? (repeats?.places ?? new Set<number>()) : new Set(maybeRepeated.places)
    const outcome = failure === undefined ? exists : requestOutcome(failure)
    for (const place of without) outcomes[place] = outcome
    const fresh = without.size === 0 ? part : encodeBulk(documents, { from, to: part.next, bytesMax: this.#bytesMax, without }, part.buffer)
    const sent = await this.#send(fresh, outcomes, signal)
    if (repeats !== undefined && sent.next === fresh.next) await this.#undoRepeats(fresh, repeats, outcomes, signal)
    return sent
  }

  /** Of the documents that were just written, those stay once that a rollover has let in twice. Where that cannot be found out they are to be tried again, and are found then. */
  async #undoRepeats(
    { maybeRepeated }: EncodedBulk,
    { indices }: Repeats,
    outcomes: DocumentOutcome[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const isWritten = (place: number): boolean => outcomes[place] === created
    if (!maybeRepeated.places.some(isWritten)) return
    const failure = await this.#request(signal, (ask) => undoRepeats(this.#lookup(ask), maybeRepeated, isWritten, indices))
    if (failure === undefined) return
    for (const place of maybeRepeated.places) if (isWritten(place)) outcomes[place] = requestOutcome(failure)
  }

  /** Answers where to go on: behind the part, unless it was too large for the server, which takes it in smaller ones then. */
  async #send({ body, buffer, places, next }: EncodedBulk, outcomes: DocumentOutcome[], signal: AbortSignal | undefined): Promise<Sent> {
    const [first] = places
    const failure =
      first === undefined
        ? undefined
        : await this.#request(signal, (ask) => ask((requestSignal) => this.#sendBody(body, places, outcomes, requestSignal)))
    // After a failure, the buffer may still be on its way.
    if (failure === undefined && this.#spares.length < sparesMax) this.#spares.push(buffer)
    if (first === undefined || failure === undefined) return { next, failure }
    if (failure.status !== 413) return { next: first, failure }
    if (places.length === 1) {
      outcomes[first] = tooLarge(body.length, failure)
      return { next, failure: undefined }
    }
    // The server's limit is below the option's: it is kept to from now on, so that no bulk is sent in vain again.
    this.#bytesMax = Math.max(1, Math.min(this.#bytesMax, body.length >> 1))
    return { next: first, failure: undefined }
  }

  async #sendBody(body: Buffer, places: readonly number[], outcomes: DocumentOutcome[], signal: AbortSignal): Promise<void> {
    // The client takes a finished body as well as the operations that its types name.
    const operations = body as unknown as []
    const headers = (this.#headers as RequestHeaders).bulk
    const answer = (await this.#client.bulk(
      { operations, filter_path: answerFields },
      { signal, headers, redaction },
    )) as unknown as BulkAnswer
    if (answer === allCreated) return
    const items = answer.items ?? []
    if (items.length !== places.length) throw new Error(`the answer has ${items.length} items for ${places.length} documents`)
    for (let at = 0; at < items.length; at++) {
      const item = items[at]?.create
      if (item === undefined) throw new Error(`item ${at} of the answer is not about a document to create`)
      if (item.status !== 201) outcomes[places[at] as number] = itemOutcome(item)
    }
  }

  /** Finds out which requests the server takes, the first time. */
  async #ready(signal: AbortSignal | undefined): Promise<Failure | undefined> {
    if (this.#headers !== undefined) return undefined
    return this.#request(signal, async (ask) => {
      this.#headers = requestHeaders(await ask((requestSignal) => askVersion(this.#client, this.#options, requestSignal)))
    })
  }

  #lookup(ask: Ask): LookupContext {
    return { client: this.#client, headers: this.#headers as RequestHeaders, limits: this.#options, ask }
  }

  /** Bounds each of some requests in time. Answers how one failed; throws only if `signal` is aborted. */
  async #request(signal: AbortSignal | undefined, requests: (ask: Ask) => Promise<void>): Promise<Failure | undefined> {
    const { requestTimeoutMs } = this.#options
    let timedOut = false
    const ask: Ask = async (request) => {
      using timed = timedSignal(this.#clock, requestTimeoutMs, signal)
      try {
        return await request(timed.signal)
      } catch (error) {
        timedOut = timed.timedOut
        throw error
      }
    }
    try {
      await requests(ask)
      return undefined
    } catch (error) {
      signal?.throwIfAborted()
      return describeFailure(error, timedOut, requestTimeoutMs)
    }
  }
}

/** Gives the outcome to all documents from a place on that have none of their own. Those that were not looked at yet need not be made for that. */
function settleUnsent(from: number, outcomes: DocumentOutcome[], outcome: DocumentOutcome): void {
  for (let place = from; place < outcomes.length; place++) if (outcomes[place] === created) outcomes[place] = outcome
}

function tooLarge(bytes: number, { reason }: Failure): DocumentOutcome {
  return {
    status: 'rejected',
    reason: `The document is too large for Elasticsearch (${bytes} bytes; see its setting http.max_content_length): ${reason}.`,
  }
}
