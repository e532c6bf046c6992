import { cidrTest } from './cidr.ts'
import { shown } from './invalid-filter-error.ts'
import type { ScalarTest } from './scalar.ts'
import { wildcardTest } from './wildcard.ts'

/** Operators whose operand is a string. They match nothing but strings. */
export type StringOperator = 'exactly' | 'prefix' | 'suffix' | 'equals-ignore-case' | 'wildcard' | 'cidr'

export function stringTest(operator: StringOperator, operand: unknown, refuse: (problem: string) => never): ScalarTest {
  if (typeof operand !== 'string') return refuse(`the ${operator} match pattern must be a string, and is ${shown(operand)}`)
  switch (operator) {
    case 'exactly':
      return (value) => value === operand
    case 'prefix':
      return (value) => typeof value === 'string' && value.startsWith(operand)
    case 'suffix':
      return (value) => typeof value === 'string' && value.endsWith(operand)
    case 'equals-ignore-case': {
      const folded = fold(operand)
      return (value) => typeof value === 'string' && value.length === operand.length && fold(value) === folded
    }
    case 'wildcard':
      return wildcardTest(operand, refuse)
    case 'cidr':
      return cidrTest(operand, refuse)
  }
}

/** `{"prefix": {"equals-ignore-case": "x"}}`, and the same with `suffix`. */
export function ignoreCaseTest(side: 'prefix' | 'suffix', operand: object, refuse: (problem: string) => never): ScalarTest {
  const names = Object.keys(operand)
  const text: unknown = (operand as Record<string, unknown>)['equals-ignore-case']
  if (names.length !== 1 || names[0] !== 'equals-ignore-case') {
    refuse(`unsupported ${side} pattern ${shown(operand)} (a string, or {"equals-ignore-case": "…"})`)
  }
  if (typeof text !== 'string') return refuse(`the equals-ignore-case match pattern must be a string, and is ${shown(text)}`)
  const folded = fold(text)
  const { length } = text
  return (value) =>
    typeof value === 'string' &&
    value.length >= length &&
    fold(side === 'prefix' ? value.slice(0, length) : value.slice(value.length - length)) === folded
}

function fold(text: string): string {
  return text.toLowerCase()
}
