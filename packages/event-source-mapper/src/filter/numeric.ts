import { shown } from './invalid-filter-error.ts'
import type { ScalarTest } from './scalar.ts'

/** EventBridge compares numbers from -5.0e9 to 5.0e9; others in an event are neither above nor below anything. */
const numberMax = 5e9

/**
 * `["=", 5]`, `[">", 0]`, `[">=", 0, "<", 5]`: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html, numeric
 * matching.
 */
export function numericTest(terms: unknown, refuse: (problem: string) => never): ScalarTest {
  if (!Array.isArray(terms)) return refuse(`the value of numeric must be an array, such as [">", 0, "<=", 5], and is ${shown(terms)}`)
  const [operator, operand, upper, limit] = terms as readonly unknown[]
  const first = comparableNumber(operand, `the value of ${shown(operator)}`, refuse)
  if (operator === '=' || operator === '<' || operator === '<=') {
    if (terms.length > 2) refuse(`too many elements in the numeric expression ${shown(terms)}`)
    return simpleTest(operator, first)
  }
  if (operator !== '>' && operator !== '>=') refuse(`unrecognized numeric range operator ${shown(operator)} (there is =, <, <=, >, >=)`)
  const open = operator === '>'
  if (terms.length === 2) return (value) => comparable(value) && (open ? value > first : value >= first)
  if (upper !== '<' && upper !== '<=') refuse(`bad numeric range operator ${shown(upper)} (behind ${operator} there is < or <=)`)
  const second = comparableNumber(limit, `the value of ${shown(upper)}`, refuse)
  if (terms.length > 4) refuse(`too many terms in the numeric range expression ${shown(terms)}`)
  if (first > second) refuse(`the bottom of the numeric range, ${first}, is above its top, ${second}`)
  const openTop = upper === '<'
  return (value) => comparable(value) && (open ? value > first : value >= first) && (openTop ? value < second : value <= second)
}

/** Refuses what is no number, and what EventBridge does not compare. */
export function comparableNumber(value: unknown, what: string, refuse: (problem: string) => never): number {
  if (typeof value !== 'number') return refuse(`${what} must be numeric, and is ${shown(value)}`)
  return comparable(value) ? value : refuse(`${what} must be between -5.0e9 and 5.0e9, inclusive, and is ${shown(value)}`)
}

function simpleTest(operator: '=' | '<' | '<=', operand: number): ScalarTest {
  if (operator === '=') return (value) => value === operand
  if (operator === '<') return (value) => comparable(value) && value < operand
  return (value) => comparable(value) && value <= operand
}

function comparable(value: unknown): value is number {
  return typeof value === 'number' && value >= -numberMax && value <= numberMax
}
