import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { SupervisedMillrace } from '../lib/supervised-millrace.ts'
import { auditIndex } from './audit-index.ts'
import { auditStream } from './audit-stream.ts'
import { type Expected, recordsOf } from './expected.ts'
import { describeFault, type Fault, type FaultKind, planFaults } from './fault-plan.ts'
import { Producer } from './producer.ts'
import { disturb, type Services, startServices } from './services.ts'
import { type ChaosReport, judge } from './verdict.ts'
import { type Sample, Watch } from './watch.ts'

export interface ChaosOptions {
  readonly seed: number
  readonly minutes: number
  readonly records: number
  /** Processes of `millrace up`. */
  readonly processes: number
  /** Faults of other kinds are left out of the plan. */
  readonly kinds: readonly FaultKind[]
  /** Processes of `millrace pipe`, each with a partition key. */
  readonly sources: number
  readonly say: (text: string) => void
  readonly signal: AbortSignal
}

const dataStreams = 'logs-*-chaos'
/** The records are sent within this part of the time, so that the last faults meet what is left over. */
const sendingPart = 0.85
const sampleMs = 1_000
const progressMs = 5_000
/** How long the end may take once everything is back. */
const catchUpMsMax = 10 * 60_000

/** A fault as it happened. */
export interface FaultSeen {
  readonly fault: Fault
  readonly beganMs: number
  /** When what was away was back. */
  readonly endedMs: number
  /** Where it could not be done, since what it needs was away itself. */
  readonly skipped?: string
}

/** One run: a system of several processes, producers, and the faults of the plan. Throws only when the run itself cannot go on. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-chaos-'))
  try {
    options.say('starting Kafka, Elasticsearch and Redis …')
    await using services = await startServices()
    return await new ChaosRun(options, services, directory).run()
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

class ChaosRun {
  readonly #options: ChaosOptions
  readonly #services: Services
  readonly #directory: string
  readonly #expected: Expected
  #processes: SupervisedMillrace[] = []
  #producers: Producer[] = []
  #began = 0
  #sending = true

  constructor(options: ChaosOptions, services: Services, directory: string) {
    this.#options = options
    this.#services = services
    this.#directory = directory
    this.#expected = { sources: options.sources, records: options.records }
  }

  async run(): Promise<ChaosReport> {
    const { say, minutes, seed, processes, kinds } = this.#options
    const plan = planFaults({ seed, durationMs: minutes * 60_000, processes }).filter(({ kind }) => kinds.includes(kind))
    try {
      await this.#startProcesses()
      say(`the faults of seed ${seed}:`)
      for (const fault of plan) say(`  ${clock(fault.atMs)} ${describeFault(fault)}`)
      this.#began = performance.now()
      const producing = this.#startProducers()
      const watch = new Watch(this.#processes, this.#producers, this.#elasticsearchUrl, dataStreams, this.#began)
      const watching = this.#watch(watch)
      const [seen, complaints] = await Promise.all([this.#disturb(plan), producing])
      this.#sending = false
      const endMs = this.#now()
      const caughtUp = await watching
      return await this.#report(
        watch,
        seen,
        complaints.filter((each) => each !== undefined),
        caughtUp,
        (this.#now() - endMs) / 1000,
      )
    } finally {
      for (const { pipe } of this.#producers) if (!pipe.hasEnded) await pipe.kill()
      await Promise.all(this.#processes.map((process) => process.stop()))
    }
  }

  get #elasticsearchUrl(): string {
    return this.#services.elasticsearch.address.url
  }

  async #startProcesses(): Promise<void> {
    const { kafka, elasticsearch, redis } = this.#services
    const backends = [
      '--kafka',
      kafka.address.brokers.join(','),
      '--elasticsearch',
      elasticsearch.address.url,
      '--redis',
      redis.address.url,
    ]
    for (let index = 0; index < this.#options.processes; index++) {
      const data = join(this.#directory, `process-${index}`)
      this.#processes.push(await SupervisedMillrace.start(['--data', data, '--namespace', 'chaos', ...backends]))
    }
  }

  #startProducers(): Promise<(string | undefined)[]> {
    const { sources, minutes } = this.#options
    const seconds = minutes * 60 * sendingPart
    this.#producers = Array.from({ length: sources }, (_, source) => {
      const records = recordsOf(this.#expected, source)
      const { url } = this.#processes[source % this.#processes.length] as SupervisedMillrace
      const spoolDirectory = join(this.#directory, `spool-${source}`)
      return new Producer({ source, records, rate: records / seconds, url, spoolDirectory, waitSeconds: 300, ordered: true })
    })
    return Promise.all(this.#producers.map((producer) => producer.run()))
  }

  async #disturb(plan: readonly Fault[]): Promise<FaultSeen[]> {
    const underWay: Promise<FaultSeen>[] = []
    for (const fault of plan) {
      await this.#wait(fault.atMs - this.#now())
      underWay.push(this.#do(fault))
    }
    return Promise.all(underWay)
  }

  async #do(fault: Fault): Promise<FaultSeen> {
    const { say } = this.#options
    const beganMs = this.#now()
    say(`[${clock(beganMs)}] ${describeFault(fault)}`)
    try {
      const process = this.#processes[fault.target] as SupervisedMillrace
      if (fault.kind === 'kill-millrace') await process.crash(fault.downMs)
      else if (fault.kind === 'pause-millrace') await process.pause(fault.downMs)
      else await disturb(this.#services, fault, dataStreams, (ms) => this.#wait(ms))
    } catch (error) {
      this.#options.signal.throwIfAborted()
      if (fault.kind !== 'roll-over' && fault.kind !== 'flush-redis') throw error
      say(`[${clock(this.#now())}] not done: ${describeFault(fault)} (${String(error).slice(0, 120)})`)
      return { fault, beganMs, endedMs: this.#now(), skipped: String(error) }
    }
    const endedMs = this.#now()
    if (endedMs - beganMs > 500)
      say(`[${clock(endedMs)}] back after ${((endedMs - beganMs) / 1000).toFixed(1)} s: ${describeFault(fault).split(':')[0]}`)
    return { fault, beganMs, endedMs }
  }

  /** Until everything that was sent is settled. Answers false if that takes too long. */
  async #watch(watch: Watch): Promise<boolean> {
    let saidMs = 0
    let sendingEndedMs: number | undefined
    for (let calm = 0; calm < 3; ) {
      await this.#wait(sampleMs)
      const sample = await watch.look()
      if (sample.atMs - saidMs >= progressMs) {
        saidMs = sample.atMs
        this.#options.say(progress(sample))
      }
      if (this.#sending) continue
      sendingEndedMs ??= sample.atMs
      calm = sample.behind?.records === 0 && sample.documents !== undefined ? calm + 1 : 0
      if (sample.atMs - sendingEndedMs > catchUpMsMax) return false
    }
    return true
  }

  async #report(watch: Watch, seen: FaultSeen[], complaints: string[], caughtUp: boolean, catchUpSeconds: number): Promise<ChaosReport> {
    const { say } = this.#options
    say('reading the stream and every backing index …')
    const expected = this.#expected
    const [stream, index] = [
      await auditStream(this.#services.kafka.address.brokers, 'logs', expected),
      await auditIndex(this.#elasticsearchUrl, dataStreams, expected),
    ]
    return judge({
      expected,
      seed: this.#options.seed,
      stream,
      index,
      watch,
      faults: seen,
      complaints,
      processes: this.#processes,
      producers: this.#producers,
      caughtUp,
      catchUpSeconds,
      seconds: this.#now() / 1000,
    })
  }

  #now(): number {
    return performance.now() - this.#began
  }

  async #wait(ms: number): Promise<void> {
    await pause(Math.max(0, ms), undefined, { signal: this.#options.signal })
  }
}

function progress({ atMs, sent, documents, behind, ready }: Sample): string {
  const count = (value: number | undefined): string => (value === undefined ? '?' : value.toLocaleString('en'))
  const lag = behind === undefined ? '? behind' : `${count(behind.records)} behind (${behind.seconds.toFixed(1)} s)`
  return `[${clock(atMs)}] ${count(sent)} sent, ${count(documents)} documents, ${lag}, ${ready} ready`
}

function clock(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(6)} s`
}
