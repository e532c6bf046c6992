import type { PatternField } from './parse-pattern.ts'
import type { Scalar, ScalarTest } from './scalar.ts'

/**
 * The fields of one branch as a tree, matched against parsed JSON as EventBridge does (aws/event-ruler, JSON array matching):
 *
 * - Only values that are neither objects nor arrays are fields: `exists` knows nothing else.
 * - An array stands for its elements: one that matches is enough. But all fields below the same array have to match in the same element of it.
 * - Fields are taken in the order of their names: a field that must be absent is looked for in the element that an earlier field has chosen,
 *   and in all elements if none has.
 *
 * Every value is visited at most once for each level of the pattern, whatever the record looks like.
 */
export class PatternTree {
  readonly #root: Node

  constructor(fields: readonly PatternField[]) {
    const sorted = fields.map((field) => ({ field, name: field.path.join('.') })).sort((left, right) => (left.name < right.name ? -1 : 1))
    this.#root = nodeOf(sorted.map(({ field }) => ({ path: field.path, values: field.test.values })))
  }

  /** `value` as `JSON.parse` made it; undefined for nothing at all. */
  matches(value: unknown): boolean {
    return matchesNode(this.#root, value)
  }
}

interface Entry {
  readonly path: readonly string[]
  /** Undefined: has to be absent. */
  readonly values: ScalarTest | undefined
}

interface Node {
  /** Test of the field that ends here. */
  readonly values: ScalarTest | undefined
  /** A field that ends here has to be absent. */
  readonly absent: boolean
  /** Fields further down. */
  readonly children: readonly Child[]
  /** Some field further down needs a value. */
  readonly childrenNeedValues: boolean
  /** Of the fields further down: those that have to be absent and come before the first that needs a value, and all others. */
  readonly split: { readonly early: Node; readonly rest: Node } | undefined
}

interface Child {
  readonly key: string
  /** A name that every object has without it being in the JSON, such as `constructor`. */
  readonly inherited: boolean
  readonly node: Node
}

function nodeOf(entries: readonly Entry[]): Node {
  const ending = entries.find((entry) => entry.path.length === 0)
  const below = entries.filter((entry) => entry.path.length > 0)
  const groups = Map.groupBy(below, (entry) => entry.path[0] as string)
  const children = [...groups].map(([key, group]) => ({
    key,
    inherited: key in Object.prototype,
    node: nodeOf(group.map(({ path, values }) => ({ path: path.slice(1), values }))),
  }))
  const first = below.findIndex((entry) => entry.values !== undefined)
  return {
    values: ending?.values,
    absent: ending !== undefined && ending.values === undefined,
    children,
    childrenNeedValues: first >= 0,
    split: first > 0 ? { early: nodeOf(below.slice(0, first)), rest: nodeOf(below.slice(first)) } : undefined,
  }
}

function matchesNode(node: Node, value: unknown): boolean {
  if (Array.isArray(value)) {
    if (node.values !== undefined && !someScalar(value, node.values)) return false
    if (node.absent && someScalar(value, anyScalar)) return false
    return node.children.length === 0 || matchesElements(node, value)
  }
  if (typeof value === 'object' && value !== null) return node.values === undefined && matchesMembers(node, value)
  if (node.childrenNeedValues) return false
  if (value === undefined) return node.values === undefined
  return !node.absent && (node.values === undefined || node.values(value as Scalar))
}

function matchesMembers(node: Node, value: object): boolean {
  for (const { key, inherited, node: child } of node.children) {
    const member: unknown = inherited && !Object.hasOwn(value, key) ? undefined : (value as Record<string, unknown>)[key]
    if (!matchesNode(child, member)) return false
  }
  return true
}

function matchesElements(node: Node, elements: readonly unknown[]): boolean {
  if (!node.childrenNeedValues) return elements.every((element) => matchesElement(node, element))
  if (node.split === undefined) return elements.some((element) => matchesElement(node, element))
  const { early, rest } = node.split
  return elements.every((element) => matchesElement(early, element)) && elements.some((element) => matchesElement(rest, element))
}

function matchesElement(node: Node, element: unknown): boolean {
  if (Array.isArray(element)) return matchesElements(node, element)
  if (typeof element === 'object' && element !== null) return matchesMembers(node, element)
  return !node.childrenNeedValues
}

function someScalar(elements: readonly unknown[], test: ScalarTest): boolean {
  return elements.some((element) => {
    if (Array.isArray(element)) return someScalar(element, test)
    return (typeof element !== 'object' || element === null) && test(element as Scalar)
  })
}

function anyScalar(): boolean {
  return true
}
