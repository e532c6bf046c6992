import {
  type CreateEventSourceMappingRequest,
  type EventSourceMappingConfiguration,
  type EventSourceMappingFilter,
  eventSourceMappingArn,
  type EventSourceMappings,
  functionArn,
  ResourceConflictException,
  ResourceInUseException,
  ResourceNotFoundException,
  changedTags,
  type TagChange,
  type Tags,
  type UpdateEventSourceMappingRequest,
} from '@millrace/function'

/** Keeps mappings, and remembers what it was asked. Ids count up. */
export class FakeEventSourceMappings implements EventSourceMappings {
  readonly mappings: Map<string, EventSourceMappingConfiguration> = new Map()
  readonly requests: object[] = []
  /** Updates and deletions are refused, as while a mapping is in transition. */
  busy = false
  ownTags: Tags = {}

  async create(request: CreateEventSourceMappingRequest): Promise<EventSourceMappingConfiguration> {
    this.requests.push(request)
    const { FunctionName, Enabled: _, Tags: __, ...settings } = request
    const same = [...this.mappings.values()].find(
      (mapping) => mapping.EventSourceArn === request.EventSourceArn && mapping.FunctionArn === functionArn(FunctionName),
    )
    if (same !== undefined) throw new ResourceConflictException(`The mapping is there already: ${same.UUID}.`)
    const uuid = `00000000-0000-4000-8000-${String(this.mappings.size + 1).padStart(12, '0')}`
    return this.#keep({
      ...settings,
      UUID: uuid,
      EventSourceMappingArn: eventSourceMappingArn(uuid),
      FunctionArn: functionArn(FunctionName),
      LastModified: 1_700_000_000.5,
      LastProcessingResult: 'No records processed',
      State: 'Creating',
      StateTransitionReason: 'User action',
    })
  }

  async get(uuid: string): Promise<EventSourceMappingConfiguration> {
    const mapping = this.mappings.get(uuid)
    if (mapping === undefined) throw new ResourceNotFoundException('The resource you requested does not exist.')
    return mapping
  }

  async list(filter: EventSourceMappingFilter): Promise<readonly EventSourceMappingConfiguration[]> {
    this.requests.push(filter)
    return [...this.mappings.values()].toSorted((one, other) => (one.UUID < other.UUID ? -1 : 1))
  }

  async update(uuid: string, request: UpdateEventSourceMappingRequest): Promise<EventSourceMappingConfiguration> {
    this.requests.push(request)
    const { FunctionName: _, Enabled: __, ...settings } = request
    return this.#keep({ ...(await this.#idle(uuid)), ...settings, State: 'Updating' })
  }

  async delete(uuid: string): Promise<EventSourceMappingConfiguration> {
    const mapping = await this.#idle(uuid)
    this.mappings.delete(uuid)
    return { ...mapping, State: 'Deleting' }
  }

  async tags(uuid: string): Promise<Tags> {
    await this.get(uuid)
    return this.ownTags
  }

  async changeTags(uuid: string, change: TagChange): Promise<void> {
    await this.get(uuid)
    this.ownTags = changedTags(this.ownTags, change)
  }

  async #idle(uuid: string): Promise<EventSourceMappingConfiguration> {
    if (this.busy) throw new ResourceInUseException('Cannot update the event source mapping because it is in use.')
    return this.get(uuid)
  }

  #keep(mapping: EventSourceMappingConfiguration): EventSourceMappingConfiguration {
    this.mappings.set(mapping.UUID, mapping)
    return mapping
  }
}
