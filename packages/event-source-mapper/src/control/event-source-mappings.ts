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
import { InvalidMappingError, parseMappingParameters } from '../parse-mapping-parameters.ts'
import { mappingConfiguration } from './mapping-configuration.ts'
import type { FunctionsInView } from './mapping-definition.ts'
import type { VersionedMapping } from './mapping-document.ts'
import { isSettled, updatingState } from './mapping-state.ts'
import { type MappingChange, MappingStore } from './mapping-store.ts'
import { nothingProcessed, ProcessingResults } from './processing-results.ts'
import { checkParameters, requestedParameters, streamNameOf } from './requested-mapping.ts'

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
    const streamName = streamNameOf(request)
    if (request.StartingPosition === undefined) {
      throw new InvalidParameterValueException('StartingPosition is required for a stream: TRIM_HORIZON, LATEST or AT_TIMESTAMP.')
    }
    const parameters = requestedParameters(request) as MappingParametersInput
    this.#check(streamName, functionName, parameters)
    await this.#checkStream(streamName)
    await this.#checkUnique(streamName, functionName)
    const wished = { streamName, functionName, parameters, state: 'Creating' as const, ...(tags === undefined ? {} : { tags }) }
    const made = await this.#store.create(this.#options.newUuid(), wished)
    if (made === undefined) throw new ResourceConflictException('A mapping of the same UUID was made at the same moment; try again.')
    try {
      // Who came at the same moment is seen now: one of the two at least sees the other.
      await this.#checkUnique(streamName, functionName, made.uuid)
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
    const streamName = EventSourceArn === undefined ? undefined : streamNameOf({ EventSourceArn })
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
      const checked = this.#check(document.streamName, functionName, parameters)
      if (functionName !== document.functionName) await this.#checkUnique(document.streamName, functionName, uuid)
      return { functionName, parameters, state: updatingState(document.parameters.Enabled ?? true, checked.Enabled) }
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

  #check(streamName: string, functionName: string, parameters: MappingParametersInput): ReturnType<typeof checkParameters> {
    const { functions, clock } = this.#options
    if (!functions.names().includes(functionName)) throw new ResourceNotFoundException(`Function not found: ${functionArn(functionName)}`)
    const checked = checkParameters({ ...functions.parameterDefaults(functionName), ...parameters }, clock.now())
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

  async #checkUnique(streamName: string, functionName: string, except?: string): Promise<void> {
    const other = (await this.#store.list()).find(
      ({ uuid, document }) => uuid !== except && document.streamName === streamName && document.functionName === functionName,
    )
    if (other === undefined) return
    throw new ResourceConflictException(
      `The event source arn (" ${streamArn(streamName)} ") and function (" ${functionName} ") provided mapping already exists. Please update or delete the existing mapping with UUID ${other.uuid}`,
    )
  }

  #told(mapping: VersionedMapping, result: string): EventSourceMappingConfiguration {
    const { functionName, parameters } = mapping.document
    // Checked when it was written; a starting time is in the past ever after.
    const effective = { ...this.#options.functions.parameterDefaults(functionName), ...parameters }
    return mappingConfiguration(mapping, parseMappingParameters(effective, Number.POSITIVE_INFINITY), result)
  }
}

/** Those of the template until they are changed. */
function tagsOf({ document: { tags, parameters } }: VersionedMapping): Tags {
  return tags ?? parameters.Tags ?? {}
}
