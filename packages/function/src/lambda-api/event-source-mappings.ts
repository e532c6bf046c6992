import type {
  CreateEventSourceMappingRequest,
  EventSourceMappingConfiguration,
  UpdateEventSourceMappingRequest,
} from './event-source-mapping.ts'
import type { TagChange, Tags } from './tags.ts'

/** Which mappings are asked for; all where nothing is said. */
export interface EventSourceMappingFilter {
  readonly EventSourceArn?: string
  /** The plain name. */
  readonly FunctionName?: string
}

/**
 * The control plane of event source mappings, as Lambda's API has it. Requests arrive with their types and ranges checked; relations (a stream that is there,
 * a starting position that fits) are checked here. All reject with `LambdaApiError`s; create and update with `InvalidParameterValueException` for what breaks a
 * relation.
 */
export interface EventSourceMappings {
  /**
   * Answers the mapping in state Creating, once it is kept durably. Rejects with `ResourceConflictException` where the function is mapped to that source
   * already, with `InvalidParameterValueException` where the stream is not there, and `ResourceNotFoundException` where the function is not.
   */
  create(request: CreateEventSourceMappingRequest): Promise<EventSourceMappingConfiguration>
  /** Rejects with `ResourceNotFoundException`. */
  get(uuid: string): Promise<EventSourceMappingConfiguration>
  /** All of them, in ascending order of their UUIDs. */
  list(filter: EventSourceMappingFilter): Promise<readonly EventSourceMappingConfiguration[]>
  /** Answers the mapping in state Updating, Enabling or Disabling. Rejects with `ResourceNotFoundException`, `ResourceInUseException` while it is in transition. */
  update(uuid: string, request: UpdateEventSourceMappingRequest): Promise<EventSourceMappingConfiguration>
  /** Answers the mapping in state Deleting. Rejects with `ResourceNotFoundException`, `ResourceInUseException` while it is in transition. */
  delete(uuid: string): Promise<EventSourceMappingConfiguration>
  /** Rejects with `ResourceNotFoundException`. */
  tags(uuid: string): Promise<Tags>
  /** Also while the mapping is in transition. Rejects with `ResourceNotFoundException`, and `InvalidParameterValueException` for too many. */
  changeTags(uuid: string, change: TagChange): Promise<void>
}
