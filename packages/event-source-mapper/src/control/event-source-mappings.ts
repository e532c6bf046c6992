import {
  type CreateEventSourceMappingRequest,
  type Destinations,
  type EventSourceMappingConfiguration,
  type EventSourceMappingFilter,
  type EventSourceMappings,
  functionArn,
  InvalidDestinationError,
  InvalidParameterValueException,
  ResourceConflictException,
  ResourceInUseException,
  ResourceNotFoundException,
  type UpdateEventSourceMappingRequest,
  changedTags,
  type TagChange,
  type Tags,
} from '@millrace/function'
import { type Clock, type ResourceStore, streamArn, StreamNotFoundError, type StreamRegistry } from '@millrace/stream'
import { checkNotOwnStream } from '../check-not-own-stream.ts'
import type { MappingParametersInput } from '../mapping-parameters.ts'
import { InvalidMappingError } from '../parse-mapping-parameters.ts'
import { effectiveParameters } from './effective-parameters.ts'
import { updatedKafkaSource } from './kafka-event-source.ts'
import { mappingConfiguration } from './mapping-configuration.ts'
import { type FunctionsInView, isSameSource, type MappingDefinition, type MappingSource } from './mapping-definition.ts'
import type { VersionedMapping } from './mapping-document.ts'
import { isSettled, updatingState } from './mapping-state.ts'
import { type MappingChange, MappingStore } from './mapping-store.ts'
import { nothingProcessed, ProcessingResults } from './processing-results.ts'
import { checkParameters, requestedParameters, requestedSource, streamNameOf } from './requested-mapping.ts'

export interface EventSourceMappingsOptions {
  readonly resources: ResourceStore
  readonly streams: Pick<StreamRegistry, 'describe'>
  readonly functions: FunctionsInView
  readonly destinations: Destinations
  readonly clock: Clock
  readonly newUuid: () => string
}

/** Lambda's API of event source mappings: writes down what is wished for. The processes with mappers see that, and do it (`runMappingControl`). */
export function createEventSourceMappings(options: EventSourceMappingsOptions): EventSourceMappings {
  return new Mappings(options)
}

class Mappings implements EventSourceMappings {
  readonly #options: EventSourceMappingsOptions
  readonly #store: MappingStore
  readonly #results: ProcessingResults

  constructor(options: EventSourceMappingsOptions) {
    this.#options = options
    this.#store = new MappingStore(options.resources, options.clock)
    this.#results = new ProcessingResults(options.resources)
  }

  async create(request: CreateEventSourceMappingRequest): Promise<EventSourceMappingConfiguration> {
    const { FunctionName: functionName, Tags: tags } = request
    const source = requestedSource(request)
    if (request.StartingPosition === undefined) {
      throw new InvalidParameterValueException('StartingPosition is required: TRIM_HORIZON, LATEST or AT_TIMESTAMP.')
    }
    const parameters = requestedParameters(request) as MappingParametersInput
    this.#check({ ...source, functionName, parameters })
    if (source.kafka === undefined) await this.#checkStream(source.streamName)
    await this.#checkUnique({ ...source, functionName })
    const wished = { ...source, functionName, parameters, state: 'Creating' as const, ...(tags === undefined ? {} : { tags }) }
    const made = await this.#store.create(this.#options.newUuid(), wished)
    if (made === undefined) throw new ResourceConflictException('A mapping of the same UUID was made at the same moment; try again.')
    try {
      // Who came at the same moment is seen now: one of the two at least sees the other.
      await this.#checkUnique({ ...source, functionName }, made.uuid)
    } catch (error) {
      await this.#store.change(made, { state: 'Deleting' })
      throw error
    }
    return this.#told(made, nothingProcessed)
  }

  async get(uuid: string): Promise<EventSourceMappingConfiguration> {
    return this.#told(await this.#find(uuid), await this.#results.get(uuid))
  }

  async list({ EventSourceArn, FunctionName }: EventSourceMappingFilter): Promise<readonly EventSourceMappingConfiguration[]> {
    const streamName = EventSourceArn === undefined ? undefined : streamNameOf(EventSourceArn)
    const [mappings, results] = await Promise.all([this.#store.list(), this.#results.all()])
    return mappings
      .filter(({ document }) => streamName === undefined || document.streamName === streamName)
      .filter(({ document }) => FunctionName === undefined || document.functionName === FunctionName)
      .map((mapping) => this.#told(mapping, results.get(mapping.uuid) ?? nothingProcessed))
  }

  async update(uuid: string, request: UpdateEventSourceMappingRequest): Promise<EventSourceMappingConfiguration> {
    return this.#change(uuid, 'update', async ({ document }) => {
      const parameters = { ...document.parameters, ...requestedParameters(request) } as MappingParametersInput
      const functionName = request.FunctionName ?? document.functionName
      const kafka = updatedKafkaSource(document.kafka, uuid, request)
      const wished = { streamName: document.streamName, functionName, parameters, ...(kafka === undefined ? {} : { kafka }) }
      const checked = this.#check(wished)
      if (functionName !== document.functionName) await this.#checkUnique(wished, uuid)
      return { ...wished, state: updatingState(document.parameters.Enabled ?? true, checked.Enabled) }
    })
  }

  async delete(uuid: string): Promise<EventSourceMappingConfiguration> {
    return this.#change(uuid, 'delete', async () => ({ state: 'Deleting' }))
  }

  async tags(uuid: string): Promise<Tags> {
    return tagsOf(await this.#find(uuid))
  }

  async changeTags(uuid: string, change: TagChange): Promise<void> {
    for (;;) {
      const mapping = await this.#find(uuid)
      if ((await this.#store.tag(mapping, changedTags(tagsOf(mapping), change))) !== undefined) return
    }
  }

  /** Who was changed meanwhile is looked at again: mostly it is in transition then. */
  async #change(
    uuid: string,
    what: 'update' | 'delete',
    decide: (mapping: VersionedMapping) => Promise<MappingChange>,
  ): Promise<EventSourceMappingConfiguration> {
    for (;;) {
      const mapping = await this.#find(uuid)
      if (!isSettled(mapping.document.state)) {
        throw new ResourceInUseException(
          `Cannot ${what} the event source mapping because it is in use: it is ${mapping.document.state} at present.`,
        )
      }
      const changed = await this.#store.change(mapping, await decide(mapping))
      if (changed !== undefined) return this.#told(changed, await this.#results.get(uuid))
    }
  }

  async #find(uuid: string): Promise<VersionedMapping> {
    const mapping = await this.#store.get(uuid)
    if (mapping === undefined)
      throw new ResourceNotFoundException(`The resource you requested does not exist: there is no mapping ${uuid}.`)
    return mapping
  }

  #check(wished: Omit<MappingDefinition, 'uuid'>): ReturnType<typeof checkParameters> {
    const { functions, clock } = this.#options
    const { functionName, streamName } = wished
    if (!functions.names().includes(functionName)) throw new ResourceNotFoundException(`Function not found: ${functionArn(functionName)}`)
    const checked = checkParameters(wished, functions, clock.now())
    const destination = checked.DestinationConfig?.OnFailure?.Destination ?? ''
    if (destination !== '') this.#checkDestination(destination, streamName)
    return checked
  }

  #checkDestination(destination: string, streamName: string): void {
    try {
      checkNotOwnStream(destination, streamName)
      this.#options.destinations.open(destination)
    } catch (error) {
      if (!(error instanceof InvalidDestinationError) && !(error instanceof InvalidMappingError)) throw error
      throw new InvalidParameterValueException(error.message, { cause: error })
    }
  }

  async #checkStream(streamName: string): Promise<void> {
    try {
      await this.#options.streams.describe(streamName)
    } catch (error) {
      if (!(error instanceof StreamNotFoundError)) throw error
      throw new InvalidParameterValueException(`Stream not found: ${streamArn(streamName)}. ${error.message}`, { cause: error })
    }
  }

  async #checkUnique(wished: MappingSource, except?: string): Promise<void> {
    for (const { uuid, document } of await this.#store.list()) {
      if (uuid === except) continue
      if (isSameSource(document, wished) && document.functionName === wished.functionName) {
        const named = wished.kafka === undefined ? streamArn(wished.streamName) : wished.streamName
        throw new ResourceConflictException(
          `The event source arn (" ${named} ") and function (" ${wished.functionName} ") provided mapping already exists. Please update or delete the existing mapping with UUID ${uuid}`,
        )
      }
      const group = wished.kafka?.consumerGroupId
      if (group === undefined || document.kafka === undefined || (document.kafka.consumerGroupId ?? uuid) !== group) continue
      throw new ResourceConflictException(
        `The consumer group ${JSON.stringify(group)} is that of another mapping already, ${uuid}: each needs its own.`,
      )
    }
  }

  #told(mapping: VersionedMapping, result: string): EventSourceMappingConfiguration {
    // Checked when it was written; a starting time is in the past ever after.
    const parameters = effectiveParameters(mapping.document, this.#options.functions, Number.POSITIVE_INFINITY)
    return mappingConfiguration(mapping, parameters, result)
  }
}

/** Those of the template until they are changed. */
function tagsOf({ document: { tags, parameters } }: VersionedMapping): Tags {
  return tags ?? parameters.Tags ?? {}
}
