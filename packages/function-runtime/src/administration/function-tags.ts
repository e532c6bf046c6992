import { type TagChange, type Tags, changedTags, ResourceConflictException } from '@millrace/function'
import { type JsonValue, NewerVersionError, ResourceConflictError, type ResourceStore } from '@millrace/stream'

const kind = 'function-tags'
const format = 1
const triesMax = 5

/** The tags of functions, by name. They stay whatever becomes of a function's settings. */
export class FunctionTags {
  readonly #resources: ResourceStore

  constructor(resources: ResourceStore) {
    this.#resources = resources
  }

  async get(functionName: string): Promise<Tags> {
    return tagsOf((await this.#resources.get(kind, functionName))?.value)
  }

  /** Throws `ResourceConflictException` where others are quicker again and again. */
  async change(functionName: string, change: TagChange): Promise<void> {
    for (let tries = 1; ; tries++) {
      const found = await this.#resources.get(kind, functionName)
      const value: JsonValue = { format, tags: changedTags(tagsOf(found?.value), change) }
      try {
        await this.#resources.put(kind, functionName, value, { ifVersion: found?.version ?? 0 })
        return
      } catch (error) {
        if (!(error instanceof ResourceConflictError)) throw error
        if (tries === triesMax) {
          throw new ResourceConflictException(`The tags of ${functionName} are being changed by someone else. Try again.`)
        }
      }
    }
  }
}

function tagsOf(value: JsonValue | undefined): Tags {
  if (value === undefined) return {}
  const { format: found, tags } = value as unknown as { readonly format: number; readonly tags: Tags }
  if (found > format) throw new NewerVersionError('The tags of a function', found, format)
  return tags
}
