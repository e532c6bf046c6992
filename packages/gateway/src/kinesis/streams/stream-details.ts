import { NewerVersionError, ResourceConflictError } from '@millrace/stream'
import type { ResourceStore, StreamDescription } from '@millrace/stream'
import type { GatewayClock } from '../../gateway-services.ts'
import { KinesisError } from '../kinesis-error.ts'

/** What the API keeps of a stream beside what the stream itself knows. Answered as it was set; what of it has an effect is said in docs/kinesis-api.md. */
export interface StreamDetails {
  readonly mode: 'PROVISIONED' | 'ON_DEMAND'
  readonly tags: Readonly<Record<string, string>>
  readonly encryptionType: 'NONE' | 'KMS'
  readonly keyId?: string | undefined
  readonly shardLevelMetrics: readonly string[]
  readonly maxRecordSizeInKiB: number
  readonly warmThroughputMiBps?: number
  readonly recordDistributionStrategy: 'AUTO' | 'USER_PARTITION_KEY'
  /** A JSON document. */
  readonly policy?: string | undefined
}

const version = 1
const kind = 'kinesis-stream'
const attemptsMax = 10
/** How old what `recent` answers may be. */
const recentMs = 1000

const defaults: StreamDetails = {
  mode: 'PROVISIONED',
  tags: {},
  encryptionType: 'NONE',
  shardLevelMetrics: [],
  maxRecordSizeInKiB: 1024,
  recordDistributionStrategy: 'USER_PARTITION_KEY',
}

type Identified = Pick<StreamDescription, 'name' | 'incarnation'>

interface Known {
  readonly at: number
  readonly details: Promise<StreamDetails>
}

/** The details of all streams, as resources. Those of a stream that was deleted are not those of its namesake. */
export class StreamDetailsStore {
  readonly #resources: ResourceStore
  readonly #clock: GatewayClock
  readonly #known = new Map<string, Known>()

  constructor(resources: ResourceStore, clock: GatewayClock) {
    this.#resources = resources
    this.#clock = clock
  }

  async get(stream: Identified): Promise<StreamDetails> {
    return (await this.#read(stream)).details
  }

  /** As it was within the last second: for what is asked with every record. */
  recent(stream: Identified): Promise<StreamDetails> {
    const now = this.#clock.now()
    const known = this.#known.get(stream.incarnation)
    if (known !== undefined && now - known.at < recentMs) return known.details
    const details = this.get(stream)
    this.#known.set(stream.incarnation, { at: now, details })
    details.catch(() => this.#known.delete(stream.incarnation))
    return details
  }

  /** Changes them by what they are, again if somebody else did meanwhile. */
  async change(stream: Identified, change: (details: StreamDetails) => StreamDetails): Promise<StreamDetails> {
    for (let attempt = 1; ; attempt++) {
      const { details, version: ifVersion } = await this.#read(stream)
      const changed = change(details)
      try {
        await this.#resources.put(kind, stream.incarnation, { version, ...changed }, { ifVersion })
        this.#known.delete(stream.incarnation)
        return changed
      } catch (error) {
        if (!(error instanceof ResourceConflictError) || attempt === attemptsMax) throw error
      }
    }
  }

  async delete(stream: Identified): Promise<void> {
    this.#known.delete(stream.incarnation)
    await this.#resources.delete(kind, stream.incarnation)
  }

  async #read({ name, incarnation }: Identified): Promise<{ readonly details: StreamDetails; readonly version: number }> {
    const found = await this.#resources.get(kind, incarnation)
    if (found === undefined) return { details: defaults, version: 0 }
    const { version: written, ...details } = found.value as unknown as StreamDetails & { readonly version: number }
    if (written > version) throw new NewerVersionError(`What is kept of the stream "${name}"`, written, version)
    return { details, version: found.version }
  }
}

/** AWS's limit of tags on a stream or consumer. */
const tagsMax = 50

/** Tags with others added. Throws `InvalidArgumentException` for more than a resource may have. */
export function withTags(tags: Readonly<Record<string, string>>, added: Readonly<Record<string, string>>): Record<string, string> {
  const all = { ...tags, ...added }
  const count = Object.keys(all).length
  if (count > tagsMax) {
    throw new KinesisError(
      'InvalidArgumentException',
      `Failed to add tags: a resource has at most ${tagsMax} tags, and this one would have ${count}.`,
    )
  }
  return all
}

export function withoutTags(tags: Readonly<Record<string, string>>, removed: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !removed.includes(key)))
}

/** As AWS lists them: by key. */
export function tagList(tags: Readonly<Record<string, string>>): { readonly Key: string; readonly Value: string }[] {
  return Object.entries(tags)
    .map(([Key, Value]) => ({ Key, Value }))
    .toSorted((one, other) => (one.Key < other.Key ? -1 : 1))
}
