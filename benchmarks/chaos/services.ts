import { connect } from 'node:net'
import {
  elasticsearch,
  type ElasticsearchAddress,
  kafka,
  type KafkaAddress,
  type PrivateService,
  redis,
  type RedisAddress,
} from '@millrace/testing/services'
import { backingIndices, elasticsearchRequest } from '../lib/elasticsearch-http.ts'
import type { Fault } from './fault-plan.ts'

/** Services of a run's own. */
export interface Services extends AsyncDisposable {
  readonly kafka: PrivateService<KafkaAddress>
  readonly elasticsearch: PrivateService<ElasticsearchAddress>
  readonly redis: PrivateService<RedisAddress>
}

/** One bulk at work and one that waits: whatever comes beyond is refused with 429. */
const overloaded = { 'node.processors': '1', 'thread_pool.write.queue_size': '1' }

/** Starts Kafka, an Elasticsearch that is easily overloaded, and Redis. */
export async function startServices(): Promise<Services> {
  await using stack = new AsyncDisposableStack()
  const started = await Promise.allSettled([
    kafka.startPrivate().then((service) => stack.use(service)),
    elasticsearch.startPrivate({ settings: overloaded, heapMb: 768 }).then((service) => stack.use(service)),
    redis.startPrivate().then((service) => stack.use(service)),
  ] as const)
  const [ownKafka, ownElasticsearch, ownRedis] = started.map((each) => {
    if (each.status === 'rejected') throw each.reason
    return each.value
  }) as [Services['kafka'], Services['elasticsearch'], Services['redis']]
  const owned = stack.move()
  return {
    kafka: ownKafka,
    elasticsearch: ownElasticsearch,
    redis: ownRedis,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** Does one of the faults of services. Resolves when the service is back. */
export async function disturb(services: Services, fault: Fault, dataStreams: string, wait: (ms: number) => Promise<void>): Promise<void> {
  switch (fault.kind) {
    case 'restart-kafka':
      return restart(services.kafka, fault, wait)
    case 'stop-elasticsearch':
      return restart(services.elasticsearch, fault, wait)
    case 'restart-redis':
      return restart(services.redis, fault, wait)
    case 'flush-redis':
      return flush(services.redis.address.url)
    case 'roll-over':
      return rollOver(services.elasticsearch.address.url, dataStreams)
    case 'kill-millrace':
    case 'pause-millrace':
      throw new Error('Processes are not among the services.')
  }
}

async function restart(service: PrivateService<unknown>, { violent, downMs }: Fault, wait: (ms: number) => Promise<void>): Promise<void> {
  await (violent ? service.kill() : service.stop())
  await wait(downMs)
  await service.start()
}

function flush(url: string): Promise<void> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write('FLUSHALL\r\n'))
    socket.once('error', reject)
    socket.once('data', () => {
      socket.destroy()
      resolve()
    })
  })
}

async function rollOver(url: string, pattern: string): Promise<void> {
  for (const name of (await backingIndices(url, pattern)).keys()) await elasticsearchRequest(url, 'POST', `/${name}/_rollover`)
}
