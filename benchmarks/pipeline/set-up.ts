import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { kafka } from '@millrace/testing/services'
import { MillraceServer } from '../lib/millrace-server.ts'
import { nginxLines } from '../lib/nginx-lines.ts'
import { connect, produce } from './kafkajs.ts'

const shardCount = 4
const streamName = 'logs'

/** A stream over Kafka with lines in it, and the systems that work on it, one after the other. Topics have a name of their own, and are deleted at the end. */
export class SetUp implements AsyncDisposable {
  readonly brokers: readonly string[]
  readonly records: number
  readonly directory: string
  readonly topic: string
  /** Of all documents: nobody else's, since its data streams are deleted. */
  readonly namespace: string
  /** CPU seconds of a system that has started and has nothing to do. */
  idleCpuSeconds = 0
  readonly #prefix: string
  #runs = 0

  private constructor(brokers: readonly string[], records: number, directory: string) {
    this.brokers = brokers
    this.records = records
    this.directory = directory
    const id = randomUUID().slice(0, 8)
    // No `-`: it parts the names of data streams.
    this.namespace = `bench_${id}`
    this.#prefix = `bench-${id}-`
    this.topic = `${this.#prefix}${streamName}`
  }

  /** `elasticsearch`: any that answers, for the system that makes the stream. */
  static async make(records: number, directory: string, elasticsearch: string): Promise<SetUp> {
    const found = await kafka.available()
    if ('missing' in found) throw new Error(`Kafka is not to be had: ${found.missing}`)
    const setUp = new SetUp(found.brokers, records, directory)
    const server = await setUp.start(elasticsearch, { mapped: true })
    await server.stop()
    // Once more, now that the topics are there: this is the start that is subtracted from the others.
    const idle = await setUp.start(elasticsearch, { mapped: true })
    await wait(2_000)
    setUp.idleCpuSeconds = await idle.cpuSeconds()
    await idle.stop()
    await produce(setUp.brokers, setUp.topic, shardCount, nginxLines(records, 1, Date.now() - records))
    return setUp
  }

  /** A system with a mapping of its own, which begins with the first record; or with no mapping at all. */
  async start(elasticsearch: string, { mapped }: { readonly mapped: boolean }): Promise<MillraceServer> {
    const run = this.#runs++
    const directory = join(this.directory, `up-${run}`)
    await mkdir(directory)
    const template = join(directory, 'template.yaml')
    await writeFile(template, templateOf(mapped ? `Mapping${run}` : undefined))
    const kafka = ['--kafka', this.brokers.join(','), '--kafka-topic-prefix', this.#prefix]
    const options = [...kafka, '--elasticsearch', elasticsearch, '--namespace', this.namespace, '--template', template]
    return MillraceServer.start(join(directory, 'data'), options)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const admin = connect(this.brokers).admin()
    await admin.connect()
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(this.#prefix))
    if (topics.length > 0) await admin.deleteTopics({ topics })
    const { groups } = await admin.listGroups()
    const own = groups.map(({ groupId }) => groupId).filter((groupId) => groupId.startsWith(this.#prefix))
    if (own.length > 0) await admin.deleteGroups(own)
    await admin.disconnect()
  }

  /** For consumers beside the system. */
  groupId(): string {
    return `${this.#prefix}bare-${this.#runs++}`
  }
}

function templateOf(mapping: string | undefined): string {
  const stream = {
    Type: 'AWS::Kinesis::Stream',
    Properties: { Name: streamName, ShardCount: shardCount },
  }
  const mapped = {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      FunctionName: 'log-indexer',
      EventSourceArn: { 'Fn::GetAtt': ['Stream', 'Arn'] },
      StartingPosition: 'TRIM_HORIZON',
    },
  }
  // YAML takes JSON as it is.
  return JSON.stringify({ Resources: { Stream: stream, ...(mapping === undefined ? {} : { [mapping]: mapped }) } })
}
