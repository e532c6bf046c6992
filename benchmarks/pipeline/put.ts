import { Pool } from 'undici'
import { encodePutRecords } from '@millrace/stream'
import { nginxLines } from '../lib/nginx-lines.ts'
import { type Measure, measure } from '../lib/result.ts'
import { Script } from '../lib/script.ts'
import type { Sent } from './bulk-sender.ts'
import type { ProducerOptions } from './bare-producer.ts'
import type { SetUp } from './set-up.ts'

const linesPerRequest = 2_000
const underWay = 4
/** Sent before anything is measured, once for each of the three. */
const warmUpRecords = 100_000

/** Lines through `POST /ingest` into Kafka, as `pipe` sends them and as plain lines; beside it kafkajs' own producer with the same lines. */
export async function put(setUp: SetUp, elasticsearch: string): Promise<Measure[]> {
  const lines = [...nginxLines(setUp.records, 2, Date.now() - setUp.records)]
  const pipe = await ingest(setUp, elasticsearch, 'application/vnd.millrace.records', recordBodies(lines))
  const plain = await ingest(
    setUp,
    elasticsearch,
    'text/plain',
    slices(lines).map((slice) => Buffer.from(`${slice.join('\n')}\n`)),
  )
  const { brokers, topic, records } = setUp
  const options: ProducerOptions = { brokers, topic, records, partitions: 4, underWay, warmUpRecords }
  const producer = await Script.start('bare-producer.ts', options)
  const bare = await producer.ask<Sent>('run')
  await producer.stop()
  const figures = [
    { name: 'records of pipe', ...pipe },
    { name: 'plain lines', ...plain },
    { name: 'bare kafkajs producer', seconds: bare.seconds, cpuMicros: bare.cpuMicros },
  ]
  return figures.flatMap(({ name, seconds, cpuMicros }) => [
    measure(`put: ${name}, CPU`, cpuMicros / lines.length, 'us/record'),
    measure(`put: ${name}`, lines.length / seconds, 'records/s'),
  ])
}

async function ingest(setUp: SetUp, elasticsearch: string, type: string, bodies: readonly Uint8Array[]): Promise<Sent> {
  const server = await setUp.start(elasticsearch, { mapped: false })
  const pool = new Pool(server.url, { connections: underWay })
  try {
    await postAll(pool, type, bodies.slice(0, warmUpRecords / linesPerRequest))
    const before = await server.cpuSeconds()
    const started = performance.now()
    await postAll(pool, type, bodies)
    const seconds = (performance.now() - started) / 1_000
    return { seconds, cpuMicros: ((await server.cpuSeconds()) - before) * 1e6 }
  } finally {
    await pool.close()
    await server.stop()
  }
}

async function postAll(pool: Pool, type: string, bodies: readonly Uint8Array[]): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < bodies.length) {
      const body = bodies[next++] as Uint8Array
      const answer = await pool.request({ method: 'POST', path: '/ingest/logs', headers: { 'content-type': type }, body })
      const text = await answer.body.text()
      if (answer.statusCode !== 200) throw new Error(`/ingest answered ${answer.statusCode}: ${text.slice(0, 500)}`)
    }
  }
  await Promise.all(Array.from({ length: underWay }, lane))
}

function recordBodies(lines: readonly string[]): Uint8Array[] {
  let producerSequence = 0
  return slices(lines).map((slice, index) => {
    const headers = { service: 'shop', host: 'web-1', path: '/var/log/nginx/access.log', producerId: 'bench' }
    return encodePutRecords(
      slice.map((line) => ({ data: Buffer.from(line), partitionKey: `bench-${index}`, headers, producerSequence: producerSequence++ })),
    )
  })
}

function slices(lines: readonly string[]): string[][] {
  const parts: string[][] = []
  for (let at = 0; at < lines.length; at += linesPerRequest) parts.push(lines.slice(at, at + linesPerRequest))
  return parts
}
