import { InvalidParameterValueException } from './lambda-api-error.ts'

/** Words of one's own about a function or a mapping: https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html */
export type Tags = Readonly<Record<string, string>>

export interface TagChange {
  /** Added, or given another value. */
  readonly set?: Tags
  /** Keys to be removed; those that are not there are ignored. */
  readonly remove?: readonly string[]
}

/** AWS's quota of a resource. */
const tagsMax = 50

/** Tags after a change. Throws `InvalidParameterValueException` for more than AWS's 50. */
export function changedTags(tags: Tags, { set = {}, remove = [] }: TagChange): Tags {
  const changed = Object.fromEntries(Object.entries({ ...tags, ...set }).filter(([key]) => !remove.includes(key)))
  const count = Object.keys(changed).length
  if (count > tagsMax) throw new InvalidParameterValueException(`A resource has at most ${tagsMax} tags, and would have ${count}.`)
  return changed
}
