/** What JSON can say. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [name: string]: JsonValue | undefined }

/** A document that the system keeps beside its records: an event source mapping, a function's settings, a stream's consumers, tags, a policy. */
export interface Resource {
  /** What sort of thing it is, e.g. `event-source-mapping`: 1 to 128 of `[a-zA-Z0-9_.-]`. */
  readonly kind: string
  /** Unique within its kind: 1 to 512 characters. */
  readonly id: string
  /** Above 0. Each put gives a higher one than any that the id ever had, also if it was deleted in between. It may leap. */
  readonly version: number
  readonly value: JsonValue
}

/** What has become of a resource: it was put, or it was deleted (`value` undefined). */
export type ResourceChange = Resource | (Omit<Resource, 'value'> & { readonly value: undefined })

export interface ResourceCondition {
  /** The version that the resource has to have; 0: it has to be absent. Without it, the call goes through whatever is there. */
  readonly ifVersion?: number
}

/**
 * Keeps small documents durably, for all processes of a system. Whoever changes one says which version it has seen: of several that change it at once, one
 * gets through.
 *
 * Values are of the caller's own format, which carries a version of its own. They are held in memory: a kind has as many resources as people make, not as
 * many as there are records.
 *
 * Throws `InvalidResourceError` for a kind, an id or a value that cannot be kept (more than 2 MiB of JSON), a retryable `StreamError` when the storage cannot
 * be reached at present, `NewerVersionError` when a newer Millrace wrote to it.
 */
export interface ResourceStore {
  /** Of the time of the call, whichever process put it. */
  get(kind: string, id: string): Promise<Resource | undefined>
  /** By id, ascending. */
  list(kind: string): Promise<readonly Resource[]>
  /** Resolves when it is on disk. Throws `ResourceConflictError` when the version is another one: read it again then, and decide anew. */
  put(kind: string, id: string, value: JsonValue, condition?: ResourceCondition): Promise<Resource>
  /** Answers whether it was there. Throws `ResourceConflictError` as `put` does. */
  delete(kind: string, id: string, condition?: ResourceCondition): Promise<boolean>
  /**
   * First everything of the kind, in one array, which is empty where there is nothing; then what has changed since the last array. Of several changes to one
   * resource the last is told alone, so that a slow reader costs no memory. Changes of other processes come within seconds. Ends when the signal is
   * aborted; throws `StreamClosedError` when the store is closed.
   */
  watch(kind: string, signal: AbortSignal): AsyncIterable<readonly ResourceChange[]>
}
