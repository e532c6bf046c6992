import { isIP } from 'node:net'
import { parseTimeSpan } from '@millrace/log-index'
import type { QueryValue } from '@millrace/log-index'
import type { Dsl } from './dsl.ts'
import { none } from './dsl.ts'
import { addressPrefixDsl, numberPrefixDsl } from './prefix-dsl.ts'
import { escapeWildcard, phraseDsl, wordPatternDsl } from './text-dsl.ts'
import { typeKind } from './type-kind.ts'

/** That a field of this type has the value, or one that fits the pattern. */
export function valueDsl(field: string, type: string, value: QueryValue, now: number): Dsl {
  const kind = typeKind(type)
  if (value.parts.length > 1) return patternDsl(field, kind, value.parts)
  const { text } = value
  switch (kind) {
    case 'text':
      return phraseDsl([field], text)
    case 'date': {
      const span = parseTimeSpan(text, now)
      return span === undefined ? none : { range: { [field]: { gte: span.from, lt: span.to, format: 'epoch_millis' } } }
    }
    case 'number': {
      const number = text.trim() === '' ? Number.NaN : Number(text)
      return Number.isFinite(number) ? { term: { [field]: number } } : none
    }
    case 'boolean':
      return text === 'true' || text === 'false' ? { term: { [field]: text } } : none
    case 'ip':
      return isAddressOrNetwork(text) ? { term: { [field]: text } } : none
    default:
      return { term: { [field]: text } }
  }
}

function patternDsl(field: string, kind: ReturnType<typeof typeKind>, parts: readonly string[]): Dsl {
  switch (kind) {
    case 'text':
      return wordPatternDsl(field, parts)
    case 'keyword':
      return { wildcard: { [field]: { value: parts.map(escapeWildcard).join('*') } } }
    case 'number':
      return parts.length === 2 && parts[1] === '' ? numberPrefixDsl(field, parts[0] as string) : none
    case 'ip':
      return parts.length === 2 && parts[1] === '' ? addressPrefixDsl(field, parts[0] as string) : none
    default:
      return none
  }
}

function isAddressOrNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 6 ? 128 : 32))
}
