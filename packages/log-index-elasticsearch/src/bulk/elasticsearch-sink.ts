import type { Client } from '@elastic/elasticsearch'
import { IndexClosedError } from '@millrace/log-index'
import type { DocumentOutcome, LogDocument, LogSink } from '@millrace/log-index'
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
import { checkDocument } from './check-document.ts'
import { encodeBulk } from './encode-bulk.ts'
import { created, exists, itemOutcome } from './item-outcome.ts'
import type { BulkItem } from './item-outcome.ts'
import type { Ask, LookupContext } from './find-copies.ts'
import { findRepeats, type Repeats, undoRepeats } from './repeats.ts'
import { requestOutcome } from './request-outcome.ts'

interface BulkAnswer {
  readonly errors: boolean
  readonly items?: readonly { readonly create?: BulkItem }[]
}

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
  /** The buffer of an answered bulk, for the next one: fresh memory costs more than writing into it. */
  #spare: Buffer<ArrayBuffer> | undefined

  constructor(client: Client, options: ElasticsearchSinkOptions, clock: IndexClock) {
    this.#client = client
    this.#options = { ...defaultSinkOptions, ...options }
    this.#clock = clock
    this.#bytesMax = this.#options.bulkBytesMax
    if (options.compatibleWith !== undefined) this.#headers = requestHeaders(options.compatibleWith)
  }

  async bulk(documents: readonly LogDocument[], signal?: AbortSignal): Promise<readonly DocumentOutcome[]> {
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

  async #write(documents: readonly LogDocument[], signal: AbortSignal | undefined): Promise<readonly DocumentOutcome[]> {
    const outcomes = documents.map(() => created)
    let places: number[] = []
    const maybeRepeated: number[] = []
    for (let place = 0; place < documents.length; place++) {
      const document = documents[place] as LogDocument
      const refused = checkDocument(document)
      if (refused !== undefined) outcomes[place] = refused
      else if (document.maybeRepeated === true) maybeRepeated.push(place)
      else places.push(place)
    }
    const failure = await this.#ready(signal)
    if (failure !== undefined) return settleAll(outcomes, places.concat(maybeRepeated), requestOutcome(failure))
    if (maybeRepeated.length === 0) {
      await this.#send(documents, places, outcomes, signal)
      return outcomes
    }
    const repeats = await this.#findRepeats(documents, maybeRepeated, outcomes, signal)
    const fresh = repeats === undefined ? [] : maybeRepeated.filter((place) => !repeats.places.has(place))
    // In the order of the documents, so that the first of two with one id is the one that is kept.
    places = places.concat(fresh).sort((a, b) => a - b)
    await this.#send(documents, places, outcomes, signal)
    if (repeats !== undefined) await this.#undoRepeats(documents, fresh, repeats, outcomes, signal)
    return outcomes
  }

  /** Settles those that are there already, and all if that cannot be found out: then there is no answer. */
  async #findRepeats(
    documents: readonly LogDocument[],
    places: readonly number[],
    outcomes: DocumentOutcome[],
    signal: AbortSignal | undefined,
  ): Promise<Repeats | undefined> {
    let repeats: Repeats | undefined
    const failure = await this.#request(signal, async (ask) => {
      repeats = await findRepeats(this.#lookup(ask), documents, places)
    })
    if (failure !== undefined) settleAll(outcomes, places, requestOutcome(failure))
    for (const place of repeats?.places ?? []) outcomes[place] = exists
    return repeats
  }

  /** Of the documents that were just written, those stay once that a rollover has let in twice. Where that cannot be found out they are to be tried again, and are found then. */
  async #undoRepeats(
    documents: readonly LogDocument[],
    places: readonly number[],
    { indices }: Repeats,
    outcomes: DocumentOutcome[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const written = places.filter((place) => outcomes[place] === created)
    if (written.length === 0) return
    const failure = await this.#request(signal, (ask) => undoRepeats(this.#lookup(ask), documents, written, indices))
    if (failure !== undefined) settleAll(outcomes, written, requestOutcome(failure))
  }

  async #send(
    documents: readonly LogDocument[],
    places: readonly number[],
    outcomes: DocumentOutcome[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    for (let start = 0; start < places.length; ) {
      const { body, buffer, count } = encodeBulk(documents, places, start, this.#bytesMax, this.#takeSpare())
      const sent = places.slice(start, start + count)
      const failure = await this.#request(signal, (ask) => ask((requestSignal) => this.#sendBody(body, sent, outcomes, requestSignal)))
      // After a failure, the buffer may still be on its way.
      if (failure === undefined) this.#spare = buffer
      if (failure?.status === 413) {
        if (count === 1) outcomes[sent[0] as number] = tooLarge(body.length, failure)
        else {
          // The server's limit is below the option's: it is kept to from now on, so that no bulk is sent in vain again.
          this.#bytesMax = Math.max(1, Math.min(this.#bytesMax, body.length >> 1))
          continue
        }
      } else if (failure !== undefined) {
        // What fails one request fails the next one: the rest need not be sent.
        settleAll(outcomes, places.slice(start), requestOutcome(failure))
        return
      }
      start += count
    }
  }

  #takeSpare(): Buffer<ArrayBuffer> | undefined {
    const spare = this.#spare
    this.#spare = undefined
    return spare
  }

  async #sendBody(body: Buffer, places: readonly number[], outcomes: DocumentOutcome[], signal: AbortSignal): Promise<void> {
    // The client takes a finished body as well as the operations that its types name.
    const operations = body as unknown as []
    const headers = (this.#headers as RequestHeaders).bulk
    const answer = (await this.#client.bulk({ operations, filter_path: answerFields }, { signal, headers })) as unknown as BulkAnswer
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

function settleAll(outcomes: DocumentOutcome[], places: readonly number[], outcome: DocumentOutcome): DocumentOutcome[] {
  for (const place of places) outcomes[place] = outcome
  return outcomes
}

function tooLarge(bytes: number, { reason }: Failure): DocumentOutcome {
  return {
    status: 'rejected',
    reason: `The document is too large for Elasticsearch (${bytes} bytes; see its setting http.max_content_length): ${reason}.`,
  }
}
