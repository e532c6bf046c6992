import { isIP } from 'node:net'
import { parseTimeSpan } from '@millrace/log-index'
import type { RangeOperator } from '@millrace/log-index'
import type { Dsl } from './dsl.ts'
import { none } from './dsl.ts'
import { typeKind } from './type-kind.ts'

const names: Readonly<Record<RangeOperator, string>> = { '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' }

/** That a field of this type has a value on this side of the bound. Texts have no order that a search could go by. */
export function rangeDsl(field: string, type: string, operator: RangeOperator, bound: string, now: number): Dsl {
  const kind = typeKind(type)
  const isTime = kind === 'date' || (kind === 'number' && /^now\b/i.test(bound))
  if (isTime) return timeDsl(field, operator, bound, now)
  const number = bound.trim() === '' ? Number.NaN : Number(bound)
  if (kind === 'number') return Number.isFinite(number) ? { range: { [field]: { [names[operator]]: number } } } : none
  // A time is not compared with words.
  if (/^now\b/i.test(bound)) return none
  if (kind === 'keyword' || (kind === 'ip' && isIP(bound) !== 0)) return { range: { [field]: { [names[operator]]: bound } } }
  return none
}

/** A date spans as much as it leaves open: after 2026-11-21 is from the next day on. */
function timeDsl(field: string, operator: RangeOperator, bound: string, now: number): Dsl {
  const span = parseTimeSpan(bound, now)
  if (span === undefined) return none
  const format = 'epoch_millis'
  if (operator === '<') return { range: { [field]: { lt: span.from, format } } }
  if (operator === '<=') return { range: { [field]: { lt: span.to, format } } }
  return { range: { [field]: { gte: operator === '>' ? span.to : span.from, format } } }
}
