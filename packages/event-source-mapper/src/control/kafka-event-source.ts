import {
  type CreateEventSourceMappingRequest,
  InvalidParameterValueException,
  type SourceAccessConfiguration,
  type UpdateEventSourceMappingRequest,
} from '@millrace/function'

/** A topic of a Kafka that Millrace only reads from, as a mapping names it. */
export interface KafkaEventSource {
  readonly topic: string
  /** `host:port` each, as they were given. */
  readonly bootstrapServers: readonly string[]
  /** Undefined: a group that is called like the mapping's UUID, and goes with it. */
  readonly consumerGroupId?: string
  /** How Kafka is told who this is. Secrets are named only, and looked up where the mapping runs. */
  readonly access?: readonly KafkaAccess[]
}

export interface KafkaAccess {
  readonly type: KafkaAccessType
  /** `env:NAME`, `file:/path`; of a certificate also `system`, for those that the machine knows. */
  readonly uri: string
}

export type KafkaAccessType = (typeof accessTypes)[number]

const accessTypes = ['BASIC_AUTH', 'SASL_SCRAM_256_AUTH', 'SASL_SCRAM_512_AUTH', 'SERVER_ROOT_CA_CERTIFICATE'] as const

type KafkaRequest = Pick<
  CreateEventSourceMappingRequest,
  'SelfManagedEventSource' | 'Topics' | 'SelfManagedKafkaEventSourceConfig' | 'SourceAccessConfigurations'
>

/** What a mapping on that topic has for the name of a stream: no stream is called so. */
export function kafkaSourceName({ topic }: Pick<KafkaEventSource, 'topic'>): string {
  return `kafka://${topic}`
}

/** Undefined where a request names no Kafka. Throws `InvalidParameterValueException`. */
export function kafkaSourceOf(request: KafkaRequest): KafkaEventSource | undefined {
  const { SelfManagedEventSource: cluster, Topics: topics = [], SelfManagedKafkaEventSourceConfig: config } = request
  if (cluster === undefined) {
    for (const name of ['Topics', 'SelfManagedKafkaEventSourceConfig', 'SourceAccessConfigurations'] as const) {
      if (request[name] !== undefined) {
        throw new InvalidParameterValueException(`${name} is for Kafka topics: it needs a SelfManagedEventSource.`)
      }
    }
    return undefined
  }
  const bootstrapServers = cluster.Endpoints?.KAFKA_BOOTSTRAP_SERVERS ?? []
  if (bootstrapServers.length === 0) {
    throw new InvalidParameterValueException('SelfManagedEventSource needs Endpoints.KAFKA_BOOTSTRAP_SERVERS, at least one "host:port".')
  }
  for (const server of bootstrapServers) {
    if (!/^[^\s:,]+:\d{1,5}$/.test(server)) {
      throw new InvalidParameterValueException(`KAFKA_BOOTSTRAP_SERVERS has ${JSON.stringify(server)}, which is no "host:port".`)
    }
  }
  const [topic] = topics
  if (topic === undefined || topics.length > 1) {
    throw new InvalidParameterValueException(`Topics must name exactly one topic; there are ${topics.length}.`)
  }
  if (!/^[a-zA-Z0-9._-]{1,249}$/.test(topic) || topic === '.' || topic === '..') {
    throw new InvalidParameterValueException(`Topics has ${JSON.stringify(topic)}, which is no name of a Kafka topic.`)
  }
  if (config?.ConsumptionMode === 'Queue') {
    throw new InvalidParameterValueException(
      'ConsumptionMode Queue, a share group of Kafka, cannot be used here: leave it out, or say Stream.',
    )
  }
  const access = kafkaAccessOf(request.SourceAccessConfigurations)
  return {
    topic,
    bootstrapServers,
    ...(config?.ConsumerGroupId === undefined ? {} : { consumerGroupId: config.ConsumerGroupId }),
    ...(access.length === 0 ? {} : { access }),
  }
}

/** What an update makes of the source of a mapping. Throws `InvalidParameterValueException`. */
export function updatedKafkaSource(
  source: KafkaEventSource | undefined,
  uuid: string,
  request: UpdateEventSourceMappingRequest,
): KafkaEventSource | undefined {
  const { SelfManagedKafkaEventSourceConfig: config, SourceAccessConfigurations: given } = request
  if (source === undefined) return kafkaSourceOf(request)
  const group = source.consumerGroupId ?? uuid
  if (config?.ConsumerGroupId !== undefined && config.ConsumerGroupId !== group) {
    throw new InvalidParameterValueException(
      `ConsumerGroupId ${JSON.stringify(config.ConsumerGroupId)}: the group of a mapping cannot be changed, it is ${JSON.stringify(group)}. Make another mapping.`,
    )
  }
  if (given === undefined) return source
  const { access: _, ...rest } = source
  const access = kafkaAccessOf(given)
  return access.length === 0 ? rest : { ...rest, access }
}

/** Throws `InvalidParameterValueException` for parameters that have no meaning for a Kafka topic. */
export function checkKafkaParameters(parameters: object): void {
  for (const name of ['ParallelizationFactor', 'TumblingWindowInSeconds']) {
    if ((parameters as Readonly<Record<string, unknown>>)[name] === undefined) continue
    throw new InvalidParameterValueException(
      `${name} is for Kinesis and DynamoDB streams: a mapping on a Kafka topic has one batch of a partition under way at a time, and no windows.`,
    )
  }
}

function kafkaAccessOf(given: readonly SourceAccessConfiguration[] = []): KafkaAccess[] {
  const access = given.map(({ Type, URI }) => ({ type: accessTypeOf(Type), uri: uriOf(Type, URI) }))
  for (const [kind, entries] of [
    ['way to sign in', access.filter(({ type }) => type !== 'SERVER_ROOT_CA_CERTIFICATE')],
    ['SERVER_ROOT_CA_CERTIFICATE', access.filter(({ type }) => type === 'SERVER_ROOT_CA_CERTIFICATE')],
  ] as const) {
    if (entries.length > 1) throw new InvalidParameterValueException(`SourceAccessConfigurations has more than one ${kind}.`)
  }
  return access
}

function accessTypeOf(given: string | undefined): KafkaAccessType {
  const type = accessTypes.find((each) => each === given)
  if (type !== undefined) return type
  throw new InvalidParameterValueException(
    `SourceAccessConfigurations: ${given ?? 'an entry without a Type'} cannot be used here; there is ${accessTypes.join(', ')}.`,
  )
}

function uriOf(type: string | undefined, uri: string | undefined): string {
  if (uri !== undefined && (/^env:[A-Za-z_][A-Za-z0-9_]*$/.test(uri) || /^file:\/[^\0]+$/.test(uri))) return uri
  if (uri === 'system' && type === 'SERVER_ROOT_CA_CERTIFICATE') return uri
  const wanted = `env:NAME for an environment variable of the process, or file:/path for a file${type === 'SERVER_ROOT_CA_CERTIFICATE' ? ', or system for what the machine trusts' : ''}`
  if (uri?.startsWith('arn:') === true) {
    throw new InvalidParameterValueException(
      `SourceAccessConfigurations: the URI of ${type} is ${uri}; there is no Secrets Manager here. Give ${wanted}.`,
    )
  }
  throw new InvalidParameterValueException(`SourceAccessConfigurations: the URI of ${type} is ${JSON.stringify(uri)}. Give ${wanted}.`)
}
