import { shown } from './invalid-filter-error.ts'
import { comparableNumber } from './numeric.ts'
import type { Scalar, ScalarTest } from './scalar.ts'
import { stringTest } from './string-test.ts'

const operators = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'] as const

/**
 * Matches any value that is there and is not one of these: also a number where these are strings.
 * `"x"`, `["x", "y"]`, `5`, `[5, 6]`, `{"prefix": "x"}`, `{"wildcard": ["*x", "y*"]}` and so on.
 */
export function anythingButTest(excluded: unknown, refuse: (problem: string) => never): ScalarTest {
  if (typeof excluded === 'object' && excluded !== null && !Array.isArray(excluded)) {
    const tests = excludedTests(excluded as Record<string, unknown>, refuse)
    return (value) => !tests.some((test) => test(value))
  }
  const values: unknown[] = Array.isArray(excluded) ? excluded : [excluded]
  const [kind] = values.map((value) => typeof value)
  if ((kind !== 'string' && kind !== 'number') || values.some((value) => typeof value !== kind)) {
    refuse(
      `the value of anything-but must be strings alone or numbers alone, or an object with one of ${operators.join(', ')}; it is ${shown(excluded)}`,
    )
  }
  for (const value of values) if (kind === 'number') comparableNumber(value, 'a number in anything-but', refuse)
  const set = new Set(values as Scalar[])
  return (value) => !set.has(value)
}

function excludedTests(excluded: Record<string, unknown>, refuse: (problem: string) => never): ScalarTest[] {
  const names = Object.keys(excluded)
  const operator = operators.find((known) => known === names[0])
  if (names.length !== 1) refuse(`anything-but takes exactly one of ${operators.join(', ')}, and has ${shown(names)}`)
  if (operator === undefined) return refuse(`unsupported anything-but pattern ${shown(names[0])} (there is ${operators.join(', ')})`)
  const operand = excluded[operator]
  const values: unknown[] = Array.isArray(operand) ? operand : [operand]
  if (values.length === 0) refuse(`the list of anything-but ${operator} is empty`)
  return values.map((value) => {
    if (value === '' && (operator === 'prefix' || operator === 'suffix')) refuse(`an empty ${operator} is not allowed in anything-but`)
    return stringTest(operator, value, refuse)
  })
}
