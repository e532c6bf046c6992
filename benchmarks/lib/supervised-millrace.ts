import { setTimeout as wait } from 'node:timers/promises'
import { MillraceLife, type MillraceStats } from './millrace-life.ts'

/** How long a process that ended by itself is left alone before it is started again. */
const restartDelayMs = 1_000

/** A `millrace up` that is started again whenever it has ended, on the same port, as an init system does it. */
export class SupervisedMillrace {
  /** Of all its processes so far, the present one last. */
  readonly lives: MillraceLife[] = []
  /** Times that a process ended by itself after it had been ready, with its last words. */
  readonly failures: string[] = []
  url = ''
  readonly #args: readonly string[]
  #port = 0
  #ready = false
  #stopping = false
  /** While it is set, a process that ended stays away. */
  #held: Promise<unknown> | undefined
  #running: Promise<void> | undefined

  private constructor(args: readonly string[]) {
    this.#args = args
  }

  /** Resolves when the first process is ready. Rejects with its last words when it does not become so. */
  static async start(args: readonly string[]): Promise<SupervisedMillrace> {
    const supervised = new SupervisedMillrace(args)
    const life = supervised.#begin()
    const url = await life.ready()
    if (url === undefined) throw new Error(`millrace up ended before it was ready:\n${life.said.join('\n')}`)
    supervised.url = url
    supervised.#port = Number(new URL(url).port)
    supervised.#ready = true
    supervised.#running = supervised.#supervise(life)
    return supervised
  }

  /** Whether the present process is ready. */
  get isReady(): boolean {
    return this.#ready
  }

  get life(): MillraceLife {
    return this.lives.at(-1) as MillraceLife
  }

  /** SIGKILL; the next process starts `downMs` later. Resolves when one is ready. */
  async crash(downMs: number): Promise<void> {
    const { life } = this
    // One that is away already stays so for no longer.
    if (!life.hasEnded) {
      await life.memoryMiB()
      this.#held = wait(downMs)
      this.#ready = false
      await life.kill('SIGKILL')
      await this.#held
    }
    while (!this.#ready && !this.#stopping) await wait(50)
  }

  /** SIGSTOP, and SIGCONT `forMs` later. */
  async pause(forMs: number): Promise<void> {
    const { child } = this.life
    child.kill('SIGSTOP')
    await wait(forMs)
    child.kill('SIGCONT')
  }

  /** The figures of the present process. Undefined where it does not answer. */
  async stats(): Promise<MillraceStats | undefined> {
    return this.#ready ? this.life.stats(this.url) : undefined
  }

  /** SIGTERM, and no further process. */
  async stop(): Promise<void> {
    this.#stopping = true
    await this.life.memoryMiB()
    // One that stands still would not hear of it.
    this.life.child.kill('SIGCONT')
    if (!this.life.hasEnded) await this.life.kill('SIGTERM')
    await this.#running
  }

  #begin(): MillraceLife {
    const life = new MillraceLife(['up', '--port', String(this.#port), ...this.#args])
    this.lives.push(life)
    return life
  }

  async #supervise(first: MillraceLife): Promise<void> {
    for (let life = first; ; ) {
      const how = await life.ended
      if (this.#stopping) return
      const held = this.#held
      this.#held = undefined
      // Not being able to start while what it stands on is away is no failure; ending by itself later is one.
      if (held === undefined && this.#ready) this.failures.push(`ended by itself (${how}): ${life.said.join('\n')}`)
      this.#ready = false
      await (held ?? wait(restartDelayMs))
      // A stop may have come while it was away.
      if (this.#stopping as boolean) return
      life = this.#begin()
      this.#ready = (await life.ready()) !== undefined
    }
  }
}
