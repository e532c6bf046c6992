import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import {
  checkKafkaParameters,
  type KafkaEventSource,
  kafkaSourceName,
  kafkaSourceOf,
  type MappingDefinition,
  type MappingParametersInput,
  mappingParametersSchema,
} from '@millrace/event-source-mapper'
import { awsAccountId, awsRegion, streamArn } from '@millrace/stream'
import type { z } from 'zod'
import { type References, resolveIntrinsics } from './intrinsics.ts'
import { mappingParameters } from './mapping-parameters.ts'
import { type ParsedTemplate, parseTemplate } from './parse-template.ts'
import { type functionProperties, globalProperties, ignoredProperties, resourceSchemas, templateSchema } from './resource-schemas.ts'
import { type FunctionResource, logIndexerName, type StreamDefinition, type SystemDefinition } from './system-definition.ts'
import { TemplateError } from './template-error.ts'

/** Reads a SAM template. Throws `TemplateError` for whatever in it is unknown, wrong or cannot be resolved. */
export async function loadTemplate(file: string): Promise<SystemDefinition> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new TemplateError(file, undefined, `The template cannot be read: ${(error as Error).message}`)
  }
  return readTemplate(text, file)
}

/** As `loadTemplate`, from text. Code is looked for beside `file`. */
export function readTemplate(text: string, file: string): SystemDefinition {
  const parsed = parseTemplate(text, file)
  const raw = validate(parsed, templateSchema, parsed.content, [])
  const names = new ResourceNames(raw.Resources, raw.Parameters ?? {})
  const root = resolveIntrinsics({ Globals: raw.Globals ?? {}, Resources: raw.Resources }, [], names, parsed) as {
    Globals: unknown
    Resources: typeof raw.Resources
  }
  const globals = validate(parsed, globalProperties, root.Globals, ['Globals']).Function
  const streams: StreamDefinition[] = []
  const functions: FunctionResource[] = []
  const mappings: MappingDefinition[] = []
  const warnings = new Set<string>()
  const reader = new ResourceReader(parsed, names)
  for (const [logicalId, resource] of Object.entries(root.Resources)) {
    const path = ['Resources', logicalId]
    for (const key of propertyNames(resource)) {
      if (ignoredProperties.has(key)) warnings.add(`${key} has no meaning here and is ignored.`)
    }
    switch (resource.Type) {
      case 'AWS::Kinesis::Stream':
        streams.push(reader.stream(logicalId, validate(parsed, resourceSchemas[resource.Type], resource, path)))
        break
      case 'AWS::Serverless::Function': {
        const valid = validate(parsed, resourceSchemas[resource.Type], resource, path)
        functions.push(reader.function(logicalId, valid, globals))
        mappings.push(...reader.events(logicalId, valid))
        break
      }
      case 'AWS::Lambda::EventSourceMapping':
        mappings.push(reader.mapping(logicalId, validate(parsed, resourceSchemas[resource.Type], resource, path)))
        break
      default:
        throw new TemplateError(
          file,
          parsed.lineOf([...path, 'Type']),
          `${logicalId} is of type ${resource.Type}, which Millrace does not run. It runs ${Object.keys(resourceSchemas).join(', ')}.`,
        )
    }
  }
  reader.checkReferences(streams, functions, mappings)
  return { isTemplate: true, streams, functions, mappings, warnings: [...warnings] }
}

type Valid<Type extends keyof typeof resourceSchemas> = z.infer<(typeof resourceSchemas)[Type]>

/** Turns valid resources into definitions. */
class ResourceReader {
  readonly #template: ParsedTemplate
  readonly #names: ResourceNames
  readonly #mappingPaths = new Map<MappingDefinition, readonly string[]>()
  constructor(template: ParsedTemplate, names: ResourceNames) {
    this.#template = template
    this.#names = names
  }

  stream(logicalId: string, { Properties: properties }: Valid<'AWS::Kinesis::Stream'>): StreamDefinition {
    // An on-demand stream of AWS begins with four shards.
    return {
      name: this.#names.physical(logicalId),
      shardCount: properties.ShardCount ?? 4,
      retentionHours: properties.RetentionPeriodHours ?? 24,
    }
  }

  function(
    logicalId: string,
    resource: Valid<'AWS::Serverless::Function'>,
    globals: z.infer<typeof globalProperties>['Function'],
  ): FunctionResource {
    const properties = { ...globals, ...resource.Properties }
    const environment = { ...globals.Environment?.Variables, ...resource.Properties.Environment?.Variables }
    if (properties.Handler === undefined) {
      throw new TemplateError(
        this.#template.file,
        this.#template.lineOf(['Resources', logicalId]),
        `${logicalId} has no Handler, e.g. src/app.handler.`,
      )
    }
    const reserved = properties.ReservedConcurrentExecutions
    return {
      name: this.#names.physical(logicalId),
      handler: properties.Handler,
      directory: resolve(dirname(this.#template.file), properties.CodeUri ?? '.'),
      timeoutSeconds: properties.Timeout ?? 3,
      memorySizeMb: properties.MemorySize ?? 128,
      environment,
      concurrencyPerEnvironment: resource.Metadata?.Millrace?.ConcurrencyPerEnvironment ?? 1,
      ...(reserved === undefined ? {} : { reservedConcurrency: reserved }),
      ...asynchronousSettings(properties),
      ...(properties.Description === undefined ? {} : { description: properties.Description }),
      ...(properties.ProvisionedConcurrencyConfig === undefined
        ? {}
        : { provisionedConcurrency: properties.ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions }),
    }
  }

  events(logicalId: string, resource: Valid<'AWS::Serverless::Function'>): MappingDefinition[] {
    return Object.entries(resource.Properties.Events ?? {}).map(([event, { Type: type, Properties: properties }]) => {
      const path = ['Resources', logicalId, 'Properties', 'Events', event, 'Properties']
      const functionName = this.#names.physical(logicalId)
      if (type === 'Kinesis') {
        const { Stream: stream, ...parameters } = properties
        return this.#define(path, { streamName: streamNameOf(stream) }, functionName, parameters)
      }
      const {
        Topics,
        KafkaBootstrapServers: servers,
        ConsumerGroupId: group,
        SourceAccessConfigurations: access,
        ...parameters
      } = properties
      const kafka = this.#kafka(path, { Topics, servers, group, access })
      return this.#define(path, kafka, functionName, parameters)
    })
  }

  mapping(logicalId: string, { Properties: properties }: Valid<'AWS::Lambda::EventSourceMapping'>): MappingDefinition {
    const {
      FunctionName: functionName,
      EventSourceArn: arn,
      SelfManagedEventSource: cluster,
      Topics,
      SelfManagedKafkaEventSourceConfig: config,
      SourceAccessConfigurations: access,
      ...parameters
    } = properties
    const path = ['Resources', logicalId, 'Properties']
    if ((arn === undefined) === (cluster === undefined)) {
      throw this.#error(path, `${path.join('.')} should have either EventSourceArn, of a stream, or SelfManagedEventSource, of a Kafka.`)
    }
    const servers = cluster?.Endpoints.KafkaBootstrapServers
    const source =
      arn === undefined ? this.#kafka(path, { Topics, servers, group: config?.ConsumerGroupId, access }) : { streamName: streamNameOf(arn) }
    return this.#define(path, source, functionName.replace(/^arn:.*:function:/, ''), parameters)
  }

  /** Says what is wrong of a Kafka source as the API would. */
  #kafka(path: readonly string[], { Topics, servers, group, access }: TemplateKafka): Pick<MappingDefinition, 'streamName' | 'kafka'> {
    try {
      const kafka = kafkaSourceOf({
        SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: servers ?? [] } },
        Topics: Topics ?? [],
        ...(group === undefined ? {} : { SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: group } }),
        ...(access === undefined ? {} : { SourceAccessConfigurations: access }),
      }) as KafkaEventSource
      return { streamName: kafkaSourceName(kafka), kafka }
    } catch (error) {
      throw this.#error(path, `${path.join('.')}: ${(error as Error).message}`)
    }
  }

  #define(
    path: readonly string[],
    source: Pick<MappingDefinition, 'streamName' | 'kafka'>,
    functionName: string,
    parameters: object,
  ): MappingDefinition {
    const given = mappingParameters(parameters)
    validate(this.#template, mappingParametersSchema, given, path)
    if (source.kafka !== undefined) {
      try {
        checkKafkaParameters(given)
      } catch (error) {
        throw this.#error(path, `${path.join('.')}: ${(error as Error).message}`)
      }
    }
    const mapping: MappingDefinition = {
      uuid: mappingUuid(source.streamName, functionName, path.slice(1).join('/')),
      ...source,
      functionName,
      parameters: given as MappingParametersInput,
    }
    this.#mappingPaths.set(mapping, path)
    return mapping
  }

  #error(path: readonly string[], message: string): TemplateError {
    return new TemplateError(this.#template.file, this.#template.lineOf(path), message)
  }

  checkReferences(
    streams: readonly StreamDefinition[],
    functions: readonly FunctionResource[],
    mappings: readonly MappingDefinition[],
  ): void {
    const streamNames = streams.map((stream) => stream.name)
    const functionNames = [...functions.map((entry) => entry.name), logIndexerName]
    for (const [mapping, path] of this.#mappingPaths) {
      const fail = (what: string): never => {
        throw new TemplateError(this.#template.file, this.#template.lineOf(path), what)
      }
      if (mapping.kafka === undefined && !streamNames.includes(mapping.streamName))
        fail(`The template has no stream "${mapping.streamName}" (it has ${streamNames.join(', ') || 'none'}).`)
      if (!functionNames.includes(mapping.functionName))
        fail(`The template has no function "${mapping.functionName}" (there is ${functionNames.join(', ')}).`)
    }
    for (const name of duplicates([...streamNames, ...functionNames])) {
      throw new TemplateError(this.#template.file, undefined, `Two resources are called "${name}".`)
    }
    for (const key of duplicates(mappings.map((mapping) => `${mapping.functionName} to ${mapping.streamName}`))) {
      throw new TemplateError(this.#template.file, undefined, `Two event source mappings connect ${key}.`)
    }
  }
}

/** A Kafka topic as a template names it. */
interface TemplateKafka {
  readonly Topics: readonly string[] | undefined
  readonly servers: readonly string[] | undefined
  readonly group: string | undefined
  readonly access: readonly { readonly Type: string; readonly URI: string }[] | undefined
}

function streamNameOf(source: string): string {
  return source.replace(/^arn:.*:stream\//, '')
}

/** What a template says about asynchronous invocation. */
function asynchronousSettings({
  EventInvokeConfig,
  DeadLetterQueue,
}: z.infer<typeof functionProperties>): Pick<FunctionResource, 'eventInvoke' | 'deadLetterTarget'> {
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = EventInvokeConfig ?? {}
  const { OnSuccess, OnFailure } = DestinationConfig ?? {}
  const eventInvoke = {
    ...(MaximumRetryAttempts === undefined ? {} : { MaximumRetryAttempts }),
    ...(MaximumEventAgeInSeconds === undefined ? {} : { MaximumEventAgeInSeconds }),
    DestinationConfig: {
      ...(OnSuccess === undefined ? {} : { OnSuccess: { Destination: OnSuccess.Destination } }),
      ...(OnFailure === undefined ? {} : { OnFailure: { Destination: OnFailure.Destination } }),
    },
  }
  return {
    ...(EventInvokeConfig === undefined ? {} : { eventInvoke }),
    ...(DeadLetterQueue === undefined ? {} : { deadLetterTarget: DeadLetterQueue.TargetArn }),
  }
}

/** Physical names of resources, and what references to them give. */
class ResourceNames implements References {
  readonly #resources: Readonly<Record<string, { Type: string; Properties?: unknown }>>
  readonly #parameters: Readonly<Record<string, { Default?: string | undefined }>>
  constructor(
    resources: Readonly<Record<string, { Type: string }>>,
    parameters: Readonly<Record<string, { Default?: string | undefined }>>,
  ) {
    this.#resources = resources
    this.#parameters = parameters
  }

  /** The name that the properties give, else the logical id. */
  physical(logicalId: string): string {
    const resource = this.#resources[logicalId]
    const properties = (resource?.Properties ?? {}) as Record<string, unknown>
    const name = resource?.Type === 'AWS::Kinesis::Stream' ? properties.Name : properties.FunctionName
    if (typeof name === 'string') return name
    const parameter = typeof name === 'object' && name !== null && 'Ref' in name ? this.#parameters[String(name.Ref)]?.Default : undefined
    return parameter ?? logicalId
  }

  ref(name: string): string | undefined {
    if (name in this.#resources) return this.physical(name)
    return this.#parameters[name]?.Default
  }

  attribute(name: string, attribute: string): string | undefined {
    if (attribute !== 'Arn') return undefined
    if (this.#resources[name]?.Type === 'AWS::Kinesis::Stream') return streamArn(this.physical(name))
    if (this.#resources[name]?.Type === 'AWS::Serverless::Function') {
      return `arn:aws:lambda:${awsRegion}:${awsAccountId}:function:${this.physical(name)}`
    }
    return undefined
  }
}

/** A UUID that follows from names (RFC 9562, version 8). */
export function mappingUuid(...names: readonly string[]): string {
  const digest = createHash('sha256').update(names.join('\n')).digest('hex')
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-a${digest.slice(17, 20)}-${digest.slice(20, 32)}`
}

/** Of a resource, and of the events inside of it. */
function propertyNames(resource: object): string[] {
  const { Properties: properties = {} } = resource as { readonly Properties?: { readonly Events?: object } }
  const events = Object.values(properties.Events ?? {}) as { readonly Properties?: object }[]
  return [properties, ...events.map((event) => event.Properties ?? {})].flatMap((each) => Object.keys(each))
}

function duplicates(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index)
}

/** Checks a value by its schema; the error says at which line of the template it went wrong, and what is allowed. */
function validate<Schema extends z.ZodType>(
  template: ParsedTemplate,
  schema: Schema,
  value: unknown,
  path: readonly PropertyKey[],
): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const at = [...path, ...(issue?.path ?? [])]
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? ''
    throw new TemplateError(template.file, template.lineOfKey(at, key), `Unknown property "${key}" in ${at.join('.') || 'the template'}.`)
  }
  throw new TemplateError(template.file, template.lineOf(at), `${at.join('.')}: ${issue?.message ?? 'is not valid'}`)
}
