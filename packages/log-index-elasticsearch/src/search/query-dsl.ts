import { matchesParts, multiFieldBase } from '@millrace/log-index'
import type { Query, QueryValue } from '@millrace/log-index'
import { allOf, anyOf } from './dsl.ts'
import type { Dsl } from './dsl.ts'
import { everywhereDsl } from './everywhere-dsl.ts'
import { existsDsl } from './exists-dsl.ts'
import type { FieldTypes } from './field-types.ts'
import { keywordWordsDsl } from './keyword-words-dsl.ts'
import { rangeDsl } from './range-dsl.ts'
import { valueDsl } from './value-dsl.ts'

/**
 * A KQL query as Elasticsearch's own, with the meaning that `matches` of the log index's contract gives it, as far as the fields' types allow:
 * what is compared by its characters there and is a number or an address here only goes by patterns at their end (`4*`, `10.1.*`), and punctuation
 * is not part of words. `types` has the fields that the query names.
 */
export function queryDsl(query: Query, types: FieldTypes, now: number): Dsl {
  switch (query.kind) {
    case 'all':
      return { match_all: {} }
    case 'and':
      return allOf(query.queries.map((each) => queryDsl(each, types, now)))
    case 'or':
      return anyOf(query.queries.map((each) => queryDsl(each, types, now)))
    case 'not':
      return { bool: { must_not: [queryDsl(query.query, types, now)] } }
    case 'text':
      return everywhereDsl(query.value)
    case 'exists':
      return fieldDsl(query.field, types, existsDsl)
    case 'is':
      return fieldDsl(query.field, types, (field, type) => valueDsl(field, type, query.value, now), query.value)
    default:
      return fieldDsl(query.field, types, (field, type) => rangeDsl(field, type, query.operator, query.bound, now))
  }
}

/** The query for a field, for all fields that a pattern of names stands for, or for the field that a multi-field would be made from. */
function fieldDsl(name: string, types: FieldTypes, dslOf: (field: string, type: string) => Dsl, value?: QueryValue): Dsl {
  const byTypes = (field: string): Dsl[] => (types.get(field) ?? []).map((type) => dslOf(field, type))
  if (name.includes('*')) {
    const parts = name.split('*')
    return anyOf([...types.keys()].filter((field) => matchesParts(field, parts)).flatMap(byTypes))
  }
  const base = multiFieldBase(name)
  if (types.has(name) || base === undefined) return anyOf(byTypes(name))
  if (value !== undefined && name.endsWith('.text') && types.get(base)?.includes('keyword') === true) return keywordWordsDsl(base, value)
  return anyOf(byTypes(base))
}
