import type { JsonValue, ResourceStore } from '@millrace/stream'

/** Kind of the resources that hold what the last processing came to; the id is the mapping's UUID. */
const resultKind = 'event-source-mapping-result'

const format = 1

/** Lambda's words before the first batch. */
export const nothingProcessed = 'No records processed'

/** What a mapper counts of its invocations. */
export interface InvocationCounts {
  readonly invocations: number
  readonly failedInvocations: number
}

/** Lambda's words for what was processed between two looks; undefined where nothing was. */
export function processingResult(before: InvocationCounts, after: InvocationCounts): string | undefined {
  if (after.failedInvocations > before.failedInvocations) return 'PROBLEM: Function call failed'
  return after.invocations > before.invocations ? 'OK' : undefined
}

/** The last processing result of each mapping, for all processes to tell. */
export class ProcessingResults {
  readonly #resources: ResourceStore
  /** What this process has seen in the store. */
  readonly #known = new Map<string, string>()

  constructor(resources: ResourceStore) {
    this.#resources = resources
  }

  async get(uuid: string): Promise<string> {
    return resultOf((await this.#resources.get(resultKind, uuid))?.value)
  }

  /** By UUID. */
  async all(): Promise<ReadonlyMap<string, string>> {
    return new Map((await this.#resources.list(resultKind)).map(({ id, value }) => [id, resultOf(value)]))
  }

  /** Keeps a result if it is another than the last that was seen. */
  async record(uuid: string, result: string): Promise<void> {
    if (this.#known.get(uuid) === result) return
    if ((await this.get(uuid)) !== result) await this.#resources.put(resultKind, uuid, { format, result })
    this.#known.set(uuid, result)
  }

  async forget(uuid: string): Promise<void> {
    this.#known.delete(uuid)
    await this.#resources.delete(resultKind, uuid)
  }
}

/** A result is told, and nothing is done by it: one that a newer Millrace wrote is told as far as it can be read. */
function resultOf(value: JsonValue | undefined): string {
  const { result } = (value ?? {}) as { readonly result?: unknown }
  return typeof result === 'string' ? result : nothingProcessed
}
