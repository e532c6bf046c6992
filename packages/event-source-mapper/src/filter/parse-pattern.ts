import type { FieldTest } from './field-test.ts'
import { fieldTest } from './field-test.ts'
import { InvalidFilterError, shown } from './invalid-filter-error.ts'

/** One field of a pattern. */
export interface PatternField {
  /** Names from the record down to the field. */
  readonly path: readonly string[]
  readonly test: FieldTest
}

/** Fields that have to match all together. A pattern with `$or` has several such branches, of which one has to match. */
export type Branch = readonly PatternField[]

/** As in EventBridge: the alternatives of all `$or`, multiplied. */
const branchesMax = 1000

/** Words that EventBridge does not allow as names of fields inside `$or`, since they are or may become operators. */
const reserved = new Set(
  (
    'exactly equals-ignore-case prefix suffix anything-but exists wildcard numeric cidr = < <= > >= regex not-wildcard not-equals-ignore-case ' +
    'date-after date-on-or-after date-before date-on-or-before in-date-range ip-address-in-range ip-address-not-in-range'
  ).split(' '),
)

/**
 * Takes a pattern apart into its branches. `place` begins the path in messages.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function parsePattern(pattern: unknown, place: string): readonly Branch[] {
  if (!isObject(pattern)) throw new InvalidFilterError(place, `a filter is a JSON object, and this is ${shown(pattern)}`)
  return new PatternParser(place).parse(pattern)
}

class PatternParser {
  readonly #place: string

  constructor(place: string) {
    this.#place = place
  }

  parse(pattern: Readonly<Record<string, unknown>>): readonly Branch[] {
    const branches = this.#object(pattern, [], false)
    for (const branch of branches) this.#refuseRepeated(branch)
    return branches
  }

  #object(pattern: Readonly<Record<string, unknown>>, path: readonly string[], insideOr: boolean): readonly Branch[] {
    const entries = Object.entries(pattern)
    if (entries.length === 0) this.#refuse(path, 'empty objects are not allowed')
    let branches: readonly Branch[] = [[]]
    for (const [name, value] of entries) {
      const inner = [...path, name]
      if (insideOr && reserved.has(name)) this.#refuse(inner, `${name} is a reserved word and cannot be the name of a field inside $or`)
      if (name === '$or') branches = this.#both(path, branches, this.#or(value, path))
      else if (Array.isArray(value)) branches = this.#both(path, branches, this.#field(value, inner))
      else if (isObject(value)) branches = this.#both(path, branches, this.#object(value, inner, insideOr))
      else this.#refuse(inner, `${JSON.stringify(name)} must be an object or an array, and is ${shown(value)}`)
    }
    return branches
  }

  #or(alternatives: unknown, path: readonly string[]): readonly Branch[] {
    const place = [...path, '$or']
    if (!Array.isArray(alternatives)) return this.#refuse(place, `$or takes an array of objects, and has ${shown(alternatives)}`)
    if (alternatives.length < 2) this.#refuse(place, `$or needs at least 2 objects, and has ${alternatives.length}`)
    return alternatives.flatMap((alternative: unknown) => {
      if (!isObject(alternative)) return this.#refuse(place, `only JSON objects are allowed in $or, and there is ${shown(alternative)}`)
      return this.#object(alternative, path, true)
    })
  }

  #field(list: readonly unknown[], path: readonly string[]): readonly Branch[] {
    const { values, absent } = fieldTest(list, (problem) => this.#refuse(path, problem))
    const branches: Branch[] = []
    // Absence is judged by what else of the record matches (see PatternTree), so it is a branch of its own.
    if (values !== undefined) branches.push([{ path, test: { values, absent: false } }])
    if (absent) branches.push([{ path, test: { values: undefined, absent: true } }])
    return branches
  }

  #both(path: readonly string[], left: readonly Branch[], right: readonly Branch[]): readonly Branch[] {
    const count = left.length * right.length
    if (count > branchesMax) {
      this.#refuse(path, `the alternatives of $or, multiplied, are ${count}, and at most ${branchesMax} are allowed`)
    }
    return left.flatMap((one) => right.map((other) => [...one, ...other]))
  }

  #refuseRepeated(branch: Branch): void {
    const paths = new Set<string>()
    for (const { path } of branch) {
      const key = JSON.stringify(path)
      if (paths.has(key)) this.#refuse(path, 'a field cannot be there several times: outside of $or and inside, or in two of them')
      paths.add(key)
    }
  }

  #refuse(path: readonly string[], problem: string): never {
    throw new InvalidFilterError([this.#place, ...path].join('.'), problem)
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
