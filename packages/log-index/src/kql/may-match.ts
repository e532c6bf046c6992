import { fieldKind } from './field-kind.ts'
import type { Query, QueryValue } from './query.ts'
import { words } from './words.ts'

/**
 * Whether a document, or any of a group of documents, may match, by the words that stand in their values: `false` is certain. `hasWord` may err
 * on the side of yes. Numbers stand among the words as `String(number)` gives them.
 */
export function mayMatch(query: Query, hasWord: (word: string) => boolean): boolean {
  switch (query.kind) {
    case 'and':
      return query.queries.every((each) => mayMatch(each, hasWord))
    case 'or':
      return query.queries.some((each) => mayMatch(each, hasWord))
    case 'text':
      return hasWords(query.value, hasWord)
    case 'is':
      return isByWords(query.field, query.value) ? hasWords(query.value, hasWord) || hasNumber(query.value.text, hasWord) : true
    case 'all':
    case 'exists':
    case 'range':
    case 'not':
      return true
  }
}

function isByWords(field: string, value: QueryValue): boolean {
  const maybeNetwork = value.text.includes('/') && /^[0-9a-fA-F.:]+\/\d+$/.test(value.text)
  return !maybeNetwork && !field.includes('*') && fieldKind(field) !== 'date'
}

function hasWords(value: QueryValue, hasWord: (word: string) => boolean): boolean {
  return value.parts.length > 1 || words(value.text).every(hasWord)
}

function hasNumber(text: string, hasWord: (word: string) => boolean): boolean {
  const number = text.trim() === '' ? Number.NaN : Number(text)
  return !Number.isNaN(number) && words(String(number)).every(hasWord)
}
