import { attempt } from './async-attempt.ts'
import type { AsyncContext } from './async-context.ts'
import type { AsyncEvent } from './async-event.ts'
import { AsyncOutcome } from './async-outcome.ts'
import { congestionDelayMs, deferralDelayMs, retryDelayMs } from './delays.ts'
import type { EventSource } from './event-source.ts'
import { FairShare } from './fair-share.ts'

interface Job {
  readonly event: AsyncEvent
  readonly source: EventSource
  readonly signal: AbortSignal
  readonly bytes: number
  readonly done: (settled: boolean) => void
}

/**
 * Runs events, a bounded number at once, in turn among functions: a slow function holds up its own events alone. What is in hand is bounded by number and
 * bytes; a function that has its share of it has further events put back for a while.
 */
export class AsyncDispatcher {
  readonly #context: AsyncContext
  readonly #outcome: AsyncOutcome
  readonly #inHand: FairShare
  readonly #bytesInHand: FairShare
  readonly #running: FairShare
  readonly #waiting = new Map<string, Job[]>()
  #room = Promise.withResolvers<void>()

  constructor(context: AsyncContext) {
    const { eventsMax, bytesMax, concurrencyMax } = context.limits
    this.#context = context
    this.#outcome = new AsyncOutcome(context)
    this.#inHand = new FairShare(eventsMax)
    this.#bytesInHand = new FairShare(bytesMax)
    this.#running = new FairShare(concurrencyMax)
  }

  get outcome(): AsyncOutcome {
    return this.#outcome
  }

  get inHand(): number {
    return this.#inHand.total
  }

  /** Resolves when there is room for an event of whatever function. */
  async room(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !(this.#inHand.hasRoom && this.#bytesInHand.hasRoom)) {
      const { promise: aborted, resolve } = Promise.withResolvers<void>()
      const stop = (): void => resolve()
      signal.addEventListener('abort', stop, { once: true })
      await Promise.race([this.#room.promise, aborted])
      signal.removeEventListener('abort', stop)
    }
  }

  /** Takes an event in hand; resolves with whether it is settled: run, put back, or given up. */
  dispatch(event: AsyncEvent, source: EventSource, signal: AbortSignal): Promise<boolean> {
    const { functionName } = event
    if (!this.#inHand.allows(functionName) || !this.#bytesInHand.allows(functionName)) {
      this.#context.meters.of(functionName).deferrals++
      return settled(this.#defer(event, source, congestionDelayMs(event.deferrals), signal))
    }
    const bytes = source.record.data.byteLength
    this.#inHand.take(functionName, 1)
    this.#bytesInHand.take(functionName, bytes)
    return new Promise((done) => {
      const waiting = this.#waiting.get(functionName)
      const job = { event, source, signal, bytes, done }
      if (waiting === undefined) this.#waiting.set(functionName, [job])
      else waiting.push(job)
      this.#startNext()
    })
  }

  #startNext(): void {
    for (let found = true; found && this.#running.hasRoom; ) {
      found = false
      for (const [functionName, jobs] of this.#waiting) {
        if (!this.#running.allows(functionName)) continue
        const job = jobs.shift() as Job
        // Behind the others: in turn.
        this.#waiting.delete(functionName)
        if (jobs.length > 0) this.#waiting.set(functionName, jobs)
        found = true
        void this.#start(job)
        break
      }
    }
  }

  async #start({ event, source, signal, bytes, done }: Job): Promise<void> {
    const { functionName } = event
    this.#running.take(functionName, 1)
    const isSettled = await settled(this.#run(event, source, signal))
    this.#running.give(functionName, 1)
    this.#inHand.give(functionName, 1)
    this.#bytesInHand.give(functionName, bytes)
    this.#room.resolve()
    this.#room = Promise.withResolvers<void>()
    done(isSettled)
    this.#startNext()
  }

  async #run(event: AsyncEvent, source: EventSource, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { clock, invoker, limits, meters } = this.#context
    const settings = this.#context.settingsOf(event.functionName)
    const ageMs = clock.now() - source.acceptedTimestamp
    if (ageMs > settings.eventAgeSecondsMax * 1_000) return this.#outcome.gaveUp(event, source, 'EventAgeExceeded', undefined, signal)
    if (settings.turnedOff) return this.#outcome.gaveUp(event, source, 'ZeroReservedConcurrency', undefined, signal)
    const meter = meters.of(event.functionName)
    meter.age.record(Math.max(0, ageMs))
    const tried = await attempt(invoker, event, clock, limits.throttleWaitMs)
    if (tried.kind === 'closed') throw new Error('This process is shutting down.')
    if (tried.kind === 'unavailable') {
      meter.deferrals++
      return this.#defer(event, source, deferralDelayMs(event.deferrals), signal)
    }
    if (event.failures > 0) meter.retries++
    const { result } = tried
    if (result.kind !== 'failure') return this.#outcome.succeeded(event, result, signal)
    const failed = { ...event, failures: event.failures + 1, deferrals: 0 }
    // As it stands now: it may have been changed while the function ran.
    if (failed.failures > this.#context.settingsOf(event.functionName).retriesMax) {
      return this.#outcome.gaveUp(failed, source, 'RetriesExhausted', result, signal)
    }
    return this.#outcome.again(failed, source, retryDelayMs(failed.failures), signal)
  }

  #defer(event: AsyncEvent, source: EventSource, delayMs: number, signal: AbortSignal): Promise<void> {
    return this.#outcome.again({ ...event, deferrals: event.deferrals + 1 }, source, delayMs, signal)
  }
}

function settled(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  )
}
