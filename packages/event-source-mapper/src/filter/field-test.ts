import { anythingButTest } from './anything-but.ts'
import { ipv6Test } from './cidr.ts'
import { shown } from './invalid-filter-error.ts'
import { numericTest } from './numeric.ts'
import type { Scalar, ScalarTest } from './scalar.ts'
import { ignoreCaseTest, stringTest } from './string-test.ts'

/** What a pattern asks of one field: some of its values match, or it is absent. At least one of both is there. */
export interface FieldTest {
  readonly values: ScalarTest | undefined
  readonly absent: boolean
}

const matchTypes = ['exactly', 'prefix', 'suffix', 'equals-ignore-case', 'wildcard', 'cidr', 'anything-but', 'numeric', 'exists'] as const

/** Reads the list that stands at a field: its entries are ORed. */
export function fieldTest(list: readonly unknown[], refuse: (problem: string) => never): FieldTest {
  if (list.length === 0) refuse('empty arrays are not allowed')
  const exact = new Set<Scalar>()
  const tests: ScalarTest[] = []
  let absent = false
  for (const entry of list) {
    if (typeof entry === 'object' && entry !== null) {
      const test = matchExpression(entry, refuse)
      if (test === 'absent') absent = true
      else tests.push(test)
    } else {
      exact.add(exactValue(entry, refuse))
      const address = typeof entry === 'string' ? ipv6Test(entry) : undefined
      if (address !== undefined) tests.push(address)
    }
  }
  if (exact.size > 0) tests.unshift(oneOf(exact))
  return { values: anyOf(tests), absent }
}

function exactValue(entry: unknown, refuse: (problem: string) => never): Scalar {
  if (typeof entry === 'number' && Math.abs(entry) > Number.MAX_SAFE_INTEGER) {
    refuse(`${shown(entry)} is too large to be told from its neighbours: keep such numbers as strings`)
  }
  return entry as Scalar
}

function matchExpression(expression: object, refuse: (problem: string) => never): ScalarTest | 'absent' {
  const names = Object.keys(expression)
  const matchType = matchTypes.find((known) => known === names[0])
  if (Array.isArray(expression)) refuse('a match value must be a string, a number, true, false, null or an object, and is an array')
  if (names.length !== 1) refuse(`exactly one key is allowed in a match expression, and ${shown(expression)} has ${names.length}`)
  if (matchType === undefined) return refuse(`unrecognized match type ${shown(names[0])} (there is ${matchTypes.join(', ')})`)
  const operand = (expression as Record<string, unknown>)[matchType]
  switch (matchType) {
    case 'exists':
      if (typeof operand !== 'boolean') refuse(`exists must be either true or false, and is ${shown(operand)}`)
      return operand === true ? () => true : 'absent'
    case 'numeric':
      return numericTest(operand, refuse)
    case 'anything-but':
      return anythingButTest(operand, refuse)
    case 'prefix':
    case 'suffix':
      if (typeof operand === 'object' && operand !== null) return ignoreCaseTest(matchType, operand, refuse)
      return stringTest(matchType, operand, refuse)
    default:
      return stringTest(matchType, operand, refuse)
  }
}

function oneOf(values: ReadonlySet<Scalar>): ScalarTest {
  const [only] = values
  return values.size === 1 ? (value) => value === only : (value) => values.has(value)
}

function anyOf(tests: readonly ScalarTest[]): ScalarTest | undefined {
  const [first, second] = tests
  if (first === undefined || second === undefined) return first
  return (value) => tests.some((test) => test(value))
}
