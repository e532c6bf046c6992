import { seededRandom } from '@millrace/testing'

/** Something that is done to the system, so long after its start. */
export interface Fault {
  readonly atMs: number
  readonly kind: FaultKind
  /** Which of the processes, from 0; 0 for services. */
  readonly target: number
  /** How long it stays away. */
  readonly downMs: number
  /** SIGKILL instead of an orderly stop. */
  readonly violent: boolean
}

/** What can be done. */
export const faultKinds = [
  'kill-millrace',
  'pause-millrace',
  'restart-kafka',
  'stop-elasticsearch',
  'roll-over',
  'flush-redis',
  'restart-redis',
] as const
export type FaultKind = (typeof faultKinds)[number]

export interface FaultPlanOptions {
  readonly seed: number
  readonly durationMs: number
  readonly processes: number
}

/** Elasticsearch is away for this part of the time: 60 s of five minutes. */
const elasticsearchAwayPart = 0.2

/**
 * The faults of a run, in their order: the same for the same seed. One process or another is killed every few seconds throughout, one of
 * them while Kafka is away, and one stands still for longer than its shards wait for it; Kafka, Elasticsearch and Redis each go away
 * once, at times of their own; the data stream is rolled over about six times and after every other kill, Redis is flushed twice.
 */
export function planFaults({ seed, durationMs, processes }: FaultPlanOptions): Fault[] {
  const random = seededRandom(seed)
  const between = (least: number, most: number): number => Math.round(least + random() * (most - least))
  const at = (from: number, to: number): number => between(durationMs * from, durationMs * to)
  const faults: Fault[] = []
  const add = (kind: FaultKind, atMs: number, rest: Partial<Fault> = {}): number =>
    faults.push({ kind, atMs, target: 0, downMs: 0, violent: false, ...rest })

  const elasticsearchFirst = random() < 0.5
  add('stop-elasticsearch', elasticsearchFirst ? at(0.15, 0.25) : at(0.55, 0.62), {
    downMs: Math.round(durationMs * elasticsearchAwayPart),
    violent: random() < 0.5,
  })
  const kafkaAt = elasticsearchFirst ? at(0.6, 0.75) : at(0.25, 0.4)
  add('restart-kafka', kafkaAt, { downMs: between(3_000, 6_000), violent: random() < 0.5 })
  // While Kafka is away, what was fetched is still indexed, and no checkpoint can be written: whoever comes next repeats all of it.
  const process = (): number => Math.floor(random() * processes)
  add('kill-millrace', kafkaAt + between(1_500, 3_000), { target: process(), downMs: between(200, 3_000), violent: true })
  add('roll-over', kafkaAt + between(3_000, 5_000))
  // Longer than the consumer group waits for a member: it wakes up as one whose shards are others' by now.
  add('pause-millrace', at(0.1, 0.6), { target: process(), downMs: between(12_000, 16_000) })
  add('restart-redis', at(0.1, 0.85), { downMs: between(1_000, 8_000), violent: true })
  for (let flush = 0; flush < 2; flush++) add('flush-redis', at(0.1, 0.9))
  const rolloverEvery = Math.max(5_000, durationMs / 6)
  for (let time = rolloverEvery * random(); time < durationMs; time += rolloverEvery * (0.5 + random())) add('roll-over', Math.round(time))
  const killEvery = Math.max(8_000, durationMs / 30)
  for (let time = durationMs * 0.06; time < durationMs * 0.95; time += killEvery * (0.5 + random())) {
    add('kill-millrace', Math.round(time), { target: process(), downMs: between(200, 3_000), violent: true })
    // Between a death and the takeover: what was written before is repeated into another index.
    const rolloverAt = Math.round(time) + between(500, 9_000)
    if (random() < 0.5 && rolloverAt < durationMs) add('roll-over', rolloverAt)
  }
  return faults.sort((a, b) => a.atMs - b.atMs)
}

/** A fault as people read it. */
export function describeFault({ kind, target, downMs, violent }: Fault): string {
  const away = `${(downMs / 1000).toFixed(1)} s`
  const how = violent ? 'SIGKILL' : 'stop'
  switch (kind) {
    case 'kill-millrace':
      return `millrace ${target}: SIGKILL, again after ${away}`
    case 'pause-millrace':
      return `millrace ${target}: stands still for ${away}`
    case 'restart-kafka':
      return `Kafka: ${how}, again after ${away}`
    case 'stop-elasticsearch':
      return `Elasticsearch: ${how}, again after ${away}`
    case 'restart-redis':
      return `Redis: ${how}, again after ${away}`
    case 'flush-redis':
      return 'Redis: FLUSHALL'
    case 'roll-over':
      return 'data streams: rolled over'
  }
}
