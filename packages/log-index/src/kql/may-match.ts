import { fieldKind } from './field-kind.ts'
import type { Query, QueryValue } from './query.ts'
import { words } from './words.ts'

/** The words of a document's values, or of a group of documents' values. Each answer may err on the side of yes. */
export interface WordSet {
  /** Numbers stand among the words as `String(number)` gives them. */
  hasWord(word: string): boolean
  /** Whether the second word follows the first one anywhere within one value. */
  hasPair(first: string, second: string): boolean
}

/** Whether a document with these words, or any of a group, may match: `false` is certain. */
export function mayMatch(query: Query, wordSet: WordSet): boolean {
  switch (query.kind) {
    case 'and':
      return query.queries.every((each) => mayMatch(each, wordSet))
    case 'or':
      return query.queries.some((each) => mayMatch(each, wordSet))
    case 'text':
      return hasWords(query.value, wordSet)
    case 'is':
      return isByWords(query.field, query.value) ? hasWords(query.value, wordSet) || hasNumber(query.value.text, wordSet) : true
    default:
      return true
  }
}

function isByWords(field: string, value: QueryValue): boolean {
  const maybeNetwork = value.text.includes('/') && /^[0-9a-fA-F.:]+\/\d+$/.test(value.text)
  return !maybeNetwork && !field.includes('*') && fieldKind(field) !== 'date'
}

function hasWords(value: QueryValue, wordSet: WordSet): boolean {
  return value.parts.length > 1 || hasPhrase(value.text, wordSet)
}

function hasNumber(text: string, wordSet: WordSet): boolean {
  const number = text.trim() === '' ? Number.NaN : Number(text)
  return !Number.isNaN(number) && hasPhrase(String(number), wordSet)
}

function hasPhrase(text: string, wordSet: WordSet): boolean {
  const phrase = words(text)
  return phrase.every((word, at) => wordSet.hasWord(word) && (at === 0 || wordSet.hasPair(phrase[at - 1] as string, word)))
}
