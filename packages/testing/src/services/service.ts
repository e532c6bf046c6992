import { isMainThread } from 'node:worker_threads'
import { dockerEngineAnswers } from './docker-compose.ts'
import { type ElasticsearchAddress, elasticsearchRecipe } from './elasticsearch.ts'
import { elasticsearch8Recipe } from './elasticsearch8.ts'
import { type KafkaAddress, kafkaRecipe } from './kafka.ts'
import { type PrivateOptions, type PrivateService, startPrivate } from './private-service.ts'
import { identify, ownIdentity, type ProcessIdentity } from './process-identity.ts'
import type { Recipe, ServiceName } from './recipe.ts'
import { type RedisAddress, redisRecipe } from './redis.ts'
import { ServiceError } from './service-error.ts'
import { startShared } from './shared-service.ts'
import { software } from './software.ts'

/** Why a service is not to be had, in one line. */
export interface Missing {
  readonly missing: string
}

/** A real service that tests use. */
export interface TestService<Address> {
  readonly name: ServiceName
  /**
   * The shared instance: what the service's `MILLRACE_TEST_…` variable points at, else one that runs already, else one that is
   * started now (the first time this downloads it) and stops when the test run ends. Never throws for want of a service.
   */
  available(): Promise<Address | Missing>
  /** Why `startPrivate` cannot work here, or undefined: there is an engine, or what is needed without one. Downloads where needed. */
  startable(): Promise<Missing | undefined>
  /** An instance of one's own, to kill, pause, restart or run with odd settings. @throws ServiceError when it cannot be started. */
  startPrivate(options?: PrivateOptions): Promise<PrivateService<Address>>
}

/** Kafka 4.3, one broker. */
export const kafka: TestService<KafkaAddress> = testService(kafkaRecipe)
/** Elasticsearch 9.5, one node, without security. */
export const elasticsearch: TestService<ElasticsearchAddress> = testService(elasticsearchRecipe)
/** Elasticsearch 8.19, one node, without security. */
export const elasticsearch8: TestService<ElasticsearchAddress> = testService(elasticsearch8Recipe)
/** Redis 6.2 or newer. */
export const redis: TestService<RedisAddress> = testService(redisRecipe)

function testService<Address extends object>(recipe: Recipe<Address>): TestService<Address> {
  const progress = (line: string): void => void process.stderr.write(`${recipe.name}: ${line}\n`)
  let answer: Promise<Address | Missing> | undefined
  return {
    name: recipe.name,
    available: () => (answer ??= find(recipe, progress)),
    startable: () => whyNotStartable(recipe, progress),
    startPrivate: (options) => startPrivate(recipe, { progress, ...options }),
  }
}

async function find<Address extends object>(recipe: Recipe<Address>, progress: (line: string) => void): Promise<Address | Missing> {
  const external = process.env[recipe.testVariable]
  try {
    if (external === undefined || external === '') {
      return recipe.address(await startShared(recipe, { by: 'run', run: testRun() }, progress))
    }
    const address = recipe.parseAddress(external)
    return (await recipe.answers(address))
      ? address
      : { missing: `${recipe.testVariable} points at ${external}, where no ${recipe.name} answers.` }
  } catch (error) {
    return asMissing(error)
  }
}

async function whyNotStartable(recipe: Recipe<object>, progress: (line: string) => void): Promise<Missing | undefined> {
  try {
    if (!(await dockerEngineAnswers())) await software(recipe, progress)
    return undefined
  } catch (error) {
    return asMissing(error)
  }
}

/** The first line of the reason; what follows is the end of a log. */
function asMissing(error: unknown): Missing {
  if (!(error instanceof ServiceError)) throw error
  return { missing: error.message.split('\n')[0] ?? error.message }
}

/** The process whose end is the end of the test run: vitest's own, of which this is a worker thread or a child. */
function testRun(): ProcessIdentity {
  const parent = process.env['VITEST'] !== undefined && isMainThread ? identify(process.ppid) : undefined
  return parent ?? ownIdentity()
}
