/** What a process asks for. */
export interface LeaseRequest {
  /** Slots that it goes on using whatever the answer is, and also without one. */
  readonly keep: number
  /** Slots that it has work for. 0 when it is idle. */
  readonly demand: number
  /** With those it would like to have at hand. */
  readonly want: number
}

export interface LeaseAnswer {
  /** Slots that are this process's until the lease expires. */
  readonly lease: number
  /** How many of them it should use: the others have a right to the rest. */
  readonly advice: number
}

/**
 * The books of a process about its slots of one limit. Pure: time is handed in, and nobody is asked.
 *
 * What it may use never exceeds what Redis has on record for it: a request gives back first and is sent then, an answer is counted from when its
 * request was sent, and whatever expired is not used.
 */
export class PermitBook {
  #max: number
  readonly #blockMax: number
  #taken = 0
  #lease = 0
  #allowed = 0
  #validUntil = Number.NEGATIVE_INFINITY
  #alone = false
  /** Most slots in use of late: idle slots are given back by halves, a bit with each renewal. */
  #peak = 0
  /** From here on, more is asked for before it is needed. */
  #lowAt = 0

  constructor(max: number, blockMax: number) {
    this.#max = max
    this.#blockMax = blockMax
  }

  get max(): number {
    return this.#max
  }

  /** What is in use stays so; what is idle is used no further than the new limit. */
  resize(max: number): void {
    this.#max = max
    this.#allowed = Math.min(this.#allowed, max)
    this.#lowAt = 0
  }

  get taken(): number {
    return this.#taken
  }

  /** Goes by a part of the limit, for want of an answer. */
  get alone(): boolean {
    return this.#alone
  }

  /** As long as it is valid. */
  get allowed(): number {
    return this.#allowed
  }

  get low(): boolean {
    return this.#taken >= this.#lowAt
  }

  /** Redis has slots on record for this process that it does not use and should not. */
  get owes(): boolean {
    return !this.#alone && Math.max(this.#taken, this.#allowed) < this.#lease
  }

  /** Something of this process is on record that has to be renewed or taken back. */
  get bound(): boolean {
    return this.#taken > 0 || this.#lease > 0
  }

  /** Takes a slot if there is one. */
  tryTake(now: number): boolean {
    if (this.#taken >= this.#allowed || now >= this.#validUntil) return false
    this.#taken++
    if (this.#taken > this.#peak) this.#peak = this.#taken
    return true
  }

  give(): void {
    this.#taken--
  }

  /** A renewal period is over: what was used long ago counts less. */
  age(): void {
    this.#peak = Math.max(this.#taken, Math.floor(this.#peak / 2))
  }

  /** To be sent at once: what it gives back is not used from here on. `waiting` is how many slots are waited for. */
  request(now: number, waiting: number, closing: boolean): LeaseRequest {
    const demand = this.#taken + waiting
    const recent = Math.max(demand, this.#peak)
    const want = closing ? this.#taken : Math.min(this.#max, recent + this.#spare(recent))
    const held = this.#alone || now >= this.#validUntil ? 0 : Math.min(this.#lease, this.#allowed, want)
    const keep = Math.max(this.#taken, held)
    this.#lease = keep
    this.#allowed = Math.min(this.#allowed, keep)
    return { keep, demand, want }
  }

  /** The answer to a request that was sent at `sentAt`. */
  answer(request: LeaseRequest, answer: LeaseAnswer, sentAt: number, leaseMs: number): void {
    this.#alone = false
    this.#lease = answer.lease
    this.#allowed = Math.min(answer.lease, answer.advice)
    this.#validUntil = sentAt + leaseMs
    // Where there is no more to be had at present, asking early would be asking in vain.
    const noMore = answer.advice < request.want || answer.lease >= this.#max
    this.#lowAt = noMore ? Number.POSITIVE_INFINITY : this.#allowed - Math.ceil(this.#spare(request.want) / 2) + 1
  }

  /** Nothing is shared at present: goes by a part of the limit. */
  goAlone(processes: number): void {
    this.#alone = true
    this.#lease = 0
    this.#allowed = this.#max === 0 ? 0 : Math.max(1, Math.floor(this.#max / processes))
    this.#validUntil = Number.POSITIVE_INFINITY
    this.#lowAt = Number.POSITIVE_INFINITY
  }

  /** Redis answers again: with nothing in use, nothing is held either. What is in use is put on record by the next request. */
  comeBack(): void {
    if (!this.#alone || this.#taken > 0) return
    this.#alone = false
    this.#allowed = 0
    this.#validUntil = Number.NEGATIVE_INFINITY
  }

  #spare(used: number): number {
    return used === 0 ? 0 : Math.min(this.#blockMax, Math.ceil(used / 4))
  }
}
