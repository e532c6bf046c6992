import { fieldKind, isFullText, multiFieldBase } from './field-kind.ts'
import type { FieldKind } from './field-kind.ts'
import type { Scalar } from './field-values.ts'
import { eachValue, fieldValues, matchesParts } from './field-values.ts'
import type { Query } from './query.ts'
import type { ValueMatcher } from './value-matcher.ts'
import { rangeMatcher, textMatcher, valueMatcher } from './value-matcher.ts'

export interface EvaluationOptions {
  /** What `now` in the query means, milliseconds since the epoch. */
  readonly now: number
}

/** Decides about a parsed JSON document. */
export type DocumentMatcher = (document: unknown) => boolean

/**
 * The reference meaning of a query, which every index is tested against. As Elasticsearch behaves with ECS's mapping:
 * - a field with several values matches if any of them does;
 * - keyword fields (most) match whole and case-sensitively; text fields (see `fieldKind`) match words, in any case;
 * - bare words look at every value, times and `ecs.*`, `data_stream.*` aside; several words of one literal must stand side by side;
 * - numbers compare numerically, dates as times: `@timestamp:2026-11-21` is that day in UTC, `@timestamp >= now-15m` the last 15 minutes;
 * - an address field takes a network: `source.ip:"10.0.0.0/8"`.
 */
export function matches(query: Query, document: unknown, options: EvaluationOptions): boolean {
  return compileQuery(query, options)(document)
}

/** Prepares a query for many documents. */
export function compileQuery(query: Query, options: EvaluationOptions): DocumentMatcher {
  switch (query.kind) {
    case 'all':
      return () => true
    case 'and': {
      const all = query.queries.map((each) => compileQuery(each, options))
      return (document) => all.every((matcher) => matcher(document))
    }
    case 'or': {
      const any = query.queries.map((each) => compileQuery(each, options))
      return (document) => any.some((matcher) => matcher(document))
    }
    case 'not': {
      const negated = compileQuery(query.query, options)
      return (document) => !negated(document)
    }
    case 'text':
      return compileText(textMatcher(query.value))
    case 'exists':
      return compileField(query.field, () => () => true)
    case 'is':
      return compileField(query.field, (kind) => valueMatcher(kind, query.value, options.now))
    default:
      return compileField(query.field, (kind) => rangeMatcher(kind, query.operator, query.bound, options.now))
  }
}

function compileText(matcher: ValueMatcher): DocumentMatcher {
  return (document) => someText(document, '', 0, matcher)
}

/** Whether any value that full text covers fits. Which are covered is decided by two names, so that deeper paths need not be put together. */
function someText(node: unknown, path: string, depth: number, matcher: ValueMatcher): boolean {
  if (Array.isArray(node)) return node.some((element) => someText(element, path, depth, matcher))
  if (typeof node === 'object' && node !== null) {
    for (const key of Object.keys(node)) {
      const below = depth === 0 ? key : depth === 1 ? `${path}.${key}` : path
      if (someText((node as Readonly<Record<string, unknown>>)[key], below, depth + 1, matcher)) return true
    }
    return false
  }
  return (typeof node === 'string' || typeof node === 'number' || typeof node === 'boolean') && isFullText(path) && matcher(node)
}

function compileField(field: string, matcherOf: (kind: FieldKind) => ValueMatcher): DocumentMatcher {
  if (field.includes('*')) return compileFieldPattern(field.split('*'), matcherOf)
  const matcher = matcherOf(fieldKind(field))
  const base = multiFieldBase(field)
  return (document) => {
    let values: readonly Scalar[] = fieldValues(document, field)
    if (values.length === 0 && base !== undefined) values = fieldValues(document, base)
    return values.some(matcher)
  }
}

function compileFieldPattern(parts: readonly string[], matcherOf: (kind: FieldKind) => ValueMatcher): DocumentMatcher {
  const matchers = { keyword: matcherOf('keyword'), text: matcherOf('text'), date: matcherOf('date') }
  return (document) => {
    let found = false
    eachValue(document, '', (value, path) => {
      found ||= matchesParts(path, parts) && matchers[fieldKind(path)](value)
    })
    return found
  }
}
