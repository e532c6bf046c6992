import { DeliveryCounter, type DeliveryTally } from './delivery-tally.ts'
import type { PipeBatch } from './pipe-batch.ts'
import { pause } from './pipe-clock.ts'
import { PipeRefusedError, sendBatch, type SendOptions } from './send-batch.ts'
import type { Spool } from './spool.ts'

export interface DeliveryOptions extends Omit<SendOptions, 'signal'> {
  /** Batches under way at once. 1 keeps their order. */
  readonly requestsInFlightMax: number
  /** Attempts that find nobody before the spool is used. */
  readonly awayAttemptsMax: number
  /** Opens the spool when it is first needed; without one, a server that is away holds the input up. */
  readonly openSpool: (() => Promise<Spool>) | undefined
  /** What the user should know, said once each time it happens. */
  readonly notice: (text: string) => void
}

/** How long a full spool is left alone, if nothing changes before. */
const spoolFullDelayMs = 1_000

/**
 * Brings batches to their destination: several at once, through the spool while nobody answers there.
 *
 * `direct`: batches go out as they come. `spooling`: the server is away, batches go to the spool, and its first one is tried again and again. `emptying`: the server
 * answers; what is in the spool goes first, and new batches wait, so that the spool comes to an end.
 */
export class Delivery {
  readonly #options: DeliveryOptions
  readonly #stop = new AbortController()
  readonly #underway = new Set<Promise<void>>()
  #mode: 'direct' | 'spooling' | 'emptying' = 'direct'
  #spool: Spool | undefined
  #opening: Promise<Spool> | undefined
  #emptying: Promise<void> | undefined
  #appending = 0
  #fatal: Error | undefined
  #troubleSince: number | undefined
  #awayReason = ''
  #saidAway = false
  #change: PromiseWithResolvers<void> = Promise.withResolvers()
  #sentFromSpool = 0
  readonly #counter = new DeliveryCounter()

  constructor(options: DeliveryOptions) {
    this.#options = options
  }

  get tally(): DeliveryTally {
    return this.#counter.tally(this.spooledRecords)
  }

  /** Records in the spool, of this run and of earlier ones. */
  get spooledRecords(): number {
    return this.#spool?.records ?? 0
  }

  /** Sends first what earlier runs left in their spools. */
  async resume(): Promise<void> {
    const spool = await this.#openSpool()
    if (spool === undefined || spool.records === 0) return
    this.#counter.foundEarlier(spool.records)
    this.#options.notice(`${count(spool.records)} from an earlier run are in ${spool.path}: sending them first`)
    this.#mode = 'emptying'
    this.#emptying = this.#empty(spool)
  }

  /** Takes a batch over; waiting for that is the back-pressure. Once nothing can be delivered any more, it is counted as unsent. */
  async submit(batch: PipeBatch): Promise<void> {
    for (;;) {
      if (this.#fatal !== undefined) return this.#counter.unsent([batch])
      if (this.#stop.signal.aborted) return (await this.#append(batch)) ? undefined : this.#counter.unsent([batch])
      if (this.#mode === 'spooling') {
        if (await this.#append(batch)) return
        await this.#changeWithin(spoolFullDelayMs)
      } else if (this.#mode === 'direct' && this.#underway.size < this.#options.requestsInFlightMax) {
        this.#track(this.#deliver(batch))
        return
      } else await this.#change.promise
    }
  }

  /** Ends all attempts: what is under way, and what comes, goes to the spool. */
  giveUp(): void {
    this.#stop.abort()
    this.#changed()
  }

  /**
   * Resolves when everything is settled, or kept in the spool after the server was away for `waitMs`. Whatever could be neither is counted as unsent.
   * Nothing may be submitted any more.
   */
  async finish(waitMs: number): Promise<void> {
    const { clock } = this.#options
    const began = clock.now()
    while ((this.#underway.size > 0 || this.#mode !== 'direct') && !this.#stop.signal.aborted) {
      const waitedMs = this.#troubleSince === undefined ? undefined : clock.now() - Math.max(began, this.#troubleSince)
      if (waitedMs !== undefined && waitedMs >= waitMs) break
      if (waitedMs === undefined) await this.#change.promise
      else await this.#changeWithin(waitMs - waitedMs)
    }
    this.giveUp()
    await this.#emptying
    while (this.#underway.size > 0) await Promise.all(this.#underway)
    await this.#spool?.close()
  }

  /** Aborted when nothing is attempted any more. */
  get stopped(): AbortSignal {
    return this.#stop.signal
  }

  /** The error that ended the pipe, if one did. */
  get fatal(): Error | undefined {
    return this.#fatal
  }

  async #deliver(batch: PipeBatch): Promise<void> {
    let parts: readonly PipeBatch[] = [batch]
    try {
      for (;;) {
        const rest: PipeBatch[] = []
        for (const part of parts) rest.push(...(await this.#sendDirectly(part)))
        if (this.#fatal !== undefined) return this.#counter.unsent(rest)
        parts = []
        for (const part of rest) if (!(await this.#append(part))) parts = [...parts, part]
        if (parts.length === 0) return
        if (this.#stop.signal.aborted) return this.#counter.unsent(parts)
        // Neither the server nor the spool takes it: hold it, and with it the input.
        await this.#changeWithin(spoolFullDelayMs)
      }
    } catch (error) {
      this.#counter.unsent(error instanceof PipeRefusedError ? error.rest : parts)
      this.#fail(error)
    }
  }

  #sendDirectly(batch: PipeBatch): Promise<readonly PipeBatch[]> {
    const { openSpool, awayAttemptsMax } = this.#options
    return this.#send(batch, false, (cause, reason, attempt) => {
      if (cause === 'overload') return true
      this.#awayReason = reason
      if (openSpool !== undefined) return attempt < awayAttemptsMax
      this.#sayAway()
      return true
    })
  }

  #send(
    batch: PipeBatch,
    fromSpool: boolean,
    goOn: (cause: 'away' | 'overload', reason: string, attempt: number) => boolean,
  ): Promise<readonly PipeBatch[]> {
    const earlier = fromSpool && this.#counter.isEarlier
    return sendBatch(
      batch,
      { ...this.#options, signal: this.#stop.signal },
      {
        accepted: (accepted) => {
          this.#troubleSince = undefined
          if (!fromSpool && this.#options.openSpool === undefined) this.#sayBack('')
          this.#counter.accepted(accepted, earlier)
          this.#changed()
        },
        refused: (refused, reason) => this.#counter.refused(refused, reason, earlier),
        failed: (cause, reason, attempt) => {
          this.#troubleSince ??= this.#options.clock.now()
          this.#changed()
          return goOn(cause, reason, attempt)
        },
      },
    )
  }

  /** Puts a batch into the spool. False if there is none, or if it is full. */
  async #append(batch: PipeBatch): Promise<boolean> {
    this.#appending++
    try {
      const spool = await this.#openSpool()
      if (spool === undefined || !(await spool.append(batch))) return false
      this.#counter.spooled(batch)
      if (this.#mode === 'direct' && !this.#stop.signal.aborted) {
        this.#mode = 'spooling'
        this.#sayAway()
        this.#emptying = this.#empty(spool)
      }
      this.#changed()
      return true
    } catch (error) {
      this.#fail(error)
      return false
    } finally {
      this.#appending--
    }
  }

  /** Sends the spool, first in, first out, until it is empty. */
  async #empty(spool: Spool): Promise<void> {
    try {
      for (;;) {
        const batch = await spool.first()
        if (this.#stop.signal.aborted) return
        if (batch === undefined) {
          if (this.#appending === 0) break
          await this.#changeWithin(spoolFullDelayMs)
          continue
        }
        // An earlier run may have died between the sending and the noting of it.
        const rest = await this.#send(this.#counter.isEarlier ? batch.resent() : batch, true, (cause, reason) => {
          if (cause === 'away') {
            this.#mode = 'spooling'
            this.#awayReason = reason
            this.#sayAway()
            this.#changed()
          }
          return true
        })
        if (rest.length > 0) return
        await spool.shift()
        this.#mode = 'emptying'
        this.#sentFromSpool += batch.count
        this.#counter.unspooled(batch)
        this.#changed()
      }
      this.#mode = 'direct'
      this.#sayBack(`: ${count(this.#sentFromSpool)} sent from the spool`)
      this.#sentFromSpool = 0
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#changed()
    }
  }

  async #openSpool(): Promise<Spool | undefined> {
    this.#opening ??= this.#options.openSpool?.()
    this.#spool = await this.#opening
    return this.#spool
  }

  #sayAway(): void {
    if (this.#saidAway) return
    this.#saidAway = true
    const what = this.#spool === undefined ? 'waiting for it' : `spooling to ${this.#spool.path}`
    this.#options.notice(`${this.#options.destination.name} is away (${this.#awayReason}): ${what}`)
  }

  #sayBack(what: string): void {
    if (this.#saidAway) this.#options.notice(`${this.#options.destination.name} is back${what}`)
    else if (what !== '') this.#options.notice(what.slice(2))
    this.#saidAway = false
  }

  #fail(error: unknown): void {
    this.#fatal ??= error instanceof PipeRefusedError ? error : new Error(`The pipe failed: ${String(error)}`, { cause: error })
    // What is still on its way is set up in the same way.
    this.giveUp()
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => {
      this.#underway.delete(tracked)
      this.#changed()
    })
    this.#underway.add(tracked)
  }

  async #changeWithin(delayMs: number): Promise<void> {
    const timer = new AbortController()
    await Promise.race([this.#change.promise, pause(this.#options.clock, delayMs, timer.signal)])
    timer.abort()
  }

  #changed(): void {
    this.#change.resolve()
    this.#change = Promise.withResolvers()
  }
}

function count(records: number): string {
  return `${records.toLocaleString('en-US')} record${records === 1 ? '' : 's'}`
}
