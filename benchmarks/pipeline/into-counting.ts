import { setTimeout as wait } from 'node:timers/promises'
import { peakRssMiB } from '../lib/process-usage.ts'
import { type Measure, measure, quantile } from '../lib/result.ts'
import { Script } from '../lib/script.ts'
import type { ConsumerOptions } from './bare-consumer.ts'
import type { SenderOptions, SendRun, Sent } from './bulk-sender.ts'
import type { Counted, CountingQuestion, Kept } from './counting-server.ts'
import { Patience } from '../lib/patience.ts'
import type { SetUp } from './set-up.ts'

interface CountedRun {
  /** CPU microseconds per document, start-up subtracted. */
  readonly cpu: number
  /** The same, of the second half of the documents alone. */
  readonly warmCpu: number
  readonly perSecond: number
  readonly peakRssMiB: number
}

/** From the topic into an endpoint that only counts; beside it what reading alone and sending alone cost. */
export async function intoCounting(
  setUp: SetUp,
  sink: Script<{ readonly url: string }>,
  keptFile: string,
  repeats: number,
): Promise<Measure[]> {
  const runs: CountedRun[] = []
  const bare: { readonly cpu: number; readonly perSecond: number }[] = []
  for (let repeat = 0; repeat < repeats; repeat++) {
    runs.push(await runOnce(setUp, sink))
    bare.push(await readOnly(setUp))
  }
  const kept = await countedBodies(setUp, sink)
  const sent = await sendOnly(setUp, sink.ready.url, { file: keptFile, bodyBytes: kept.bodyBytes }, kept)
  return [
    ...summary(
      'CPU',
      runs.map(({ cpu }) => cpu),
      'us/doc',
      { atMost: 6 },
    ),
    measure('CPU, second half', median(runs.map(({ warmCpu }) => warmCpu)), 'us/doc'),
    ...summary(
      'throughput',
      runs.map(({ perSecond }) => perSecond),
      'docs/s',
    ),
    measure('memory, peak', Math.max(...runs.map((run) => run.peakRssMiB)), 'MiB'),
    measure('start-up, subtracted', setUp.idleCpuSeconds, 'CPU s'),
    measure('bare kafkajs consumer, CPU', median(bare.map(({ cpu }) => cpu)), 'us/doc'),
    measure('bare kafkajs consumer', median(bare.map(({ perSecond }) => perSecond)), 'docs/s'),
    measure('bare sender of the same bodies, CPU', sent.cpu, 'us/doc'),
    measure('bare sender of the same bodies', sent.perSecond, 'docs/s'),
  ].map((entry) => ({ ...entry, name: `counting: ${entry.name}` }))
}

/** Bodies as they reach the endpoint, in the file that it was given; from a run of their own where there was none. */
export async function countedBodies(setUp: SetUp, sink: Script<{ readonly url: string }>): Promise<Kept> {
  const kept = await sink.ask<Kept>('kept' satisfies CountingQuestion)
  if (kept.documents > 0) return kept
  await runOnce(setUp, sink)
  return sink.ask<Kept>('kept' satisfies CountingQuestion)
}

async function runOnce(setUp: SetUp, sink: Script<{ readonly url: string }>): Promise<CountedRun> {
  const ask = (question: CountingQuestion): Promise<Counted> => sink.ask<Counted>(question)
  if ((await ask('counted')).bulks > 0) await ask('reset')
  const server = await setUp.start(sink.ready.url, { mapped: true })
  try {
    let counted = await ask('counted')
    let half: { readonly cpu: number; readonly documents: number } | undefined
    const patience = new Patience()
    while (counted.documents < setUp.records) {
      await wait(20)
      counted = await ask('counted')
      patience.seen(counted.documents)
      if (half === undefined && counted.documents >= setUp.records / 2)
        half = { cpu: await server.cpuSeconds(), documents: counted.documents }
    }
    const cpu = await server.cpuSeconds()
    const peak = await peakRssMiB(server.pid)
    const timed = counted.documents - counted.firstDocuments
    return {
      cpu: ((cpu - setUp.idleCpuSeconds) / counted.documents) * 1e6,
      warmCpu: half === undefined ? Number.NaN : ((cpu - half.cpu) / (counted.documents - half.documents)) * 1e6,
      perSecond: timed / ((counted.lastAt - counted.firstAt) / 1_000),
      peakRssMiB: peak,
    }
  } finally {
    await server.stop()
  }
}

async function readOnly(setUp: SetUp): Promise<{ readonly cpu: number; readonly perSecond: number }> {
  const { brokers, topic, records } = setUp
  const options: ConsumerOptions = { brokers, topic, records, groupId: setUp.groupId() }
  const consumer = await Script.start('bare-consumer.ts', options)
  const { cpuMicros, seconds } = await consumer.ask<Sent>('run')
  await consumer.stop()
  return { cpu: cpuMicros / records, perSecond: records / seconds }
}

async function sendOnly(
  { records }: SetUp,
  url: string,
  bodies: Omit<SenderOptions, 'url'>,
  kept: Kept,
): Promise<{ readonly cpu: number; readonly perSecond: number }> {
  const sender = await Script.start('bulk-sender.ts', { url, ...bodies } satisfies SenderOptions)
  const count = Math.ceil(records / (kept.documents / kept.bodyBytes.length))
  const run: SendRun = { bodies: count, underWay: 2 }
  const { cpuMicros, seconds } = await sender.ask<Sent>(run)
  await sender.stop()
  const documents = (count / kept.bodyBytes.length) * kept.documents
  return { cpu: cpuMicros / documents, perSecond: documents / seconds }
}

/** Median of several runs, and how far they lie apart. */
function summary(name: string, values: readonly number[], unit: string, target?: { readonly atMost: number }): Measure[] {
  const middle = measure(name, median(values), unit, target)
  if (values.length === 1) return [middle]
  return [middle, measure(`${name}, least`, Math.min(...values), unit), measure(`${name}, most`, Math.max(...values), unit)]
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}
