import { cp, mkdir, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { classArchiveOption } from './class-archive.ts'
import { findJdk } from './jdk.ts'
import { kafkaAnswers } from './kafka-answers.ts'
import { fetchArtifacts } from './maven.ts'
import { host } from './ports.ts'
import { runProgram } from './program.ts'
import type { Recipe } from './recipe.ts'
import { ServiceError } from './service-error.ts'

/** Where a Kafka is: its bootstrap servers, as `host:port`. */
export interface KafkaAddress {
  readonly brokers: string[]
}

const version = '4.3.1'
const clusterId = 'bWlsbHJhY2Utc2VydmljZQ'

/** One broker that is its own controller, with everything in single copies. */
function properties(port: number, controllerPort: number, data: string): Record<string, string> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@${host}:${controllerPort}`,
    listeners: `CLIENTS://${host}:${port},CONTROLLER://${host}:${controllerPort}`,
    'advertised.listeners': `CLIENTS://${host}:${port}`,
    'listener.security.protocol.map': 'CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'CLIENTS',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': data,
    'auto.create.topics.enable': 'false',
    'num.partitions': '1',
    'offsets.topic.num.partitions': '1',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.num.partitions': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    // A group that forms need not wait three seconds for members that are not coming.
    'group.initial.rebalance.delay.ms': '0',
    // A broker that was killed is let in again only when the session of its former self is over.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
    'num.network.threads': '2',
    'num.io.threads': '2',
    'log.cleaner.dedupe.buffer.size': '16777216',
  }
}

/** Kafka 4.3 in KRaft mode. Settings are broker properties. */
export const kafkaRecipe: Recipe<KafkaAddress> = {
  name: 'kafka',
  version,
  ports: [29092, 29093],
  testVariable: 'MILLRACE_TEST_KAFKA',
  portVariable: 'MILLRACE_SERVICES_KAFKA_PORT',
  readyTimeoutMs: 90_000,
  container: {
    javaOptionsVariable: 'KAFKA_HEAP_OPTS',
    // The image's own rule: dots become underlines.
    override: (settings) => ({
      environment: Object.fromEntries(
        Object.entries(settings).map(([name, value]) => [`KAFKA_${name.toUpperCase().replaceAll('.', '_')}`, value]),
      ),
    }),
  },
  recordsClasses: true,
  softwareKey: () => version,

  async install(software, progress) {
    const java = findJdk({ atLeast: 17 })
    const group = 'org.apache.kafka'
    const artifacts = [
      { group, name: 'kafka_2.13', version },
      // Only a Connect tool of it needs Connect, and that brings a web server.
      { group, name: 'kafka-tools', version, without: [`${group}:connect-runtime`] },
      { group: 'org.slf4j', name: 'slf4j-simple', version: '1.7.36' },
    ]
    await fetchArtifacts(artifacts, 'copy-dependencies', join(software, 'lib'), progress)
    // An empty formatted log is the same for every instance: made once, copied afterwards.
    const formatted = join(software, 'formatted')
    await writeProperties(join(software, 'format.properties'), properties(29092, 29093, formatted))
    const tool = ['-Xmx64m', '-XX:TieredStopAtLevel=1', '-cp', join(software, 'lib/*'), 'kafka.tools.StorageTool', 'format']
    const command = [...tool, '-t', clusterId, '-c', join(software, 'format.properties')]
    const { code, output } = await runProgram(join(java.home, 'bin/java'), command)
    if (code !== 0) throw new ServiceError(`could not format its log: ${output.slice(-500)}`)
  },

  async launch({ ports, directory, settings, heapMb = 256 }, software) {
    const java = findJdk({ atLeast: 17 })
    const data = join(directory, 'data')
    if (!existsSync(join(data, 'meta.properties'))) {
      await mkdir(directory, { recursive: true })
      await cp(join(software, 'formatted'), data, { recursive: true })
    }
    const [port = 0, controllerPort = 0] = ports
    const configuration = join(directory, 'server.properties')
    await writeProperties(configuration, { ...properties(port, controllerPort, data), ...settings })
    const logging = ['defaultLogLevel=warn', 'showDateTime=true'].map((option) => `-Dorg.slf4j.simpleLogger.${option}`)
    const heap = [`-Xms${heapMb}m`, `-Xmx${heapMb}m`, '-XX:+UseG1GC']
    return {
      command: join(java.home, 'bin/java'),
      args: [...heap, ...classArchiveOption(software), ...logging, '-cp', join(software, 'lib/*'), 'kafka.Kafka', configuration],
    }
  },

  address: (port) => ({ brokers: [`${host}:${port}`] }),
  parseAddress: (text) => ({
    brokers: text
      .split(',')
      .map((broker) => broker.trim())
      .filter((broker) => broker !== ''),
  }),
  answers: ({ brokers }) => kafkaAnswers(brokers[0] ?? ''),
}

async function writeProperties(path: string, values: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}`)
  await writeFile(path, `${lines.join('\n')}\n`)
}
