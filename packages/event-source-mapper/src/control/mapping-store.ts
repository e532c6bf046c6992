import type { Tags } from '@millrace/function'
import { type Clock, type Resource, ResourceConflictError, type ResourceStore } from '@millrace/stream'
import { decodeMapping, encodeMapping, type MappingDocument, mappingKind, type VersionedMapping } from './mapping-document.ts'

/** What changes about a mapping; when it was last modified is added. */
export type MappingChange = Partial<Omit<MappingDocument, 'lastModified'>>

/** The mappings of a system, as all of its processes see them. */
export class MappingStore {
  readonly #resources: ResourceStore
  readonly #clock: Clock

  constructor(resources: ResourceStore, clock: Clock) {
    this.#resources = resources
    this.#clock = clock
  }

  async get(uuid: string): Promise<VersionedMapping | undefined> {
    const found = await this.#resources.get(mappingKind, uuid)
    return found && decodeMapping(found)
  }

  /** By UUID, ascending. */
  async list(): Promise<readonly VersionedMapping[]> {
    return (await this.#resources.list(mappingKind)).map(decodeMapping)
  }

  /** Undefined: there is one of that UUID. */
  async create(uuid: string, document: Omit<MappingDocument, 'lastModified'>): Promise<VersionedMapping | undefined> {
    return this.#put(uuid, document, 0)
  }

  /** Undefined: it was changed meanwhile. */
  async change({ uuid, version, document }: VersionedMapping, change: MappingChange): Promise<VersionedMapping | undefined> {
    return this.#put(uuid, { ...document, ...change }, version)
  }

  /** Undefined: it was changed meanwhile. Tags are no modification of the mapping. */
  async tag({ uuid, version, document }: VersionedMapping, tags: Tags): Promise<VersionedMapping | undefined> {
    return this.#put(uuid, { ...document, tags }, version, document.lastModified)
  }

  /** False: it was changed meanwhile. */
  async remove({ uuid, version }: VersionedMapping): Promise<boolean> {
    return (await unlessChanged(() => this.#resources.delete(mappingKind, uuid, { ifVersion: version }))) ?? false
  }

  async #put(
    uuid: string,
    document: Omit<MappingDocument, 'lastModified'>,
    ifVersion: number,
    lastModified: number = this.#clock.now(),
  ): Promise<VersionedMapping | undefined> {
    const value = encodeMapping({ ...document, lastModified })
    const put = await unlessChanged<Resource>(() => this.#resources.put(mappingKind, uuid, value, { ifVersion }))
    return put && decodeMapping(put)
  }
}

/** Undefined for a resource that was changed meanwhile. */
export async function unlessChanged<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ResourceConflictError) return undefined
    throw error
  }
}
