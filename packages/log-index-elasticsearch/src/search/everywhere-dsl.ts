import { isIP } from 'node:net'
import type { QueryValue } from '@millrace/log-index'
import { words } from '@millrace/log-index'
import {
  addressFields,
  booleanFields,
  integerFields,
  numberFields,
  scannedFields,
  textFields,
  wholeFields,
  wordsField,
} from '../templates/ecs-fields.ts'
import type { Dsl } from './dsl.ts'
import { anyOf, none } from './dsl.ts'
import { keywordWordsDsl } from './keyword-words-dsl.ts'
import { phraseDsl, wordPatternDsl } from './text-dsl.ts'

/**
 * Bare words, anywhere in a document: in texts, in the field that has the words of labels and of unknown fields, among the values of fields that
 * have few, and as a number or an address.
 */
export function everywhereDsl(value: QueryValue): Dsl {
  const texts = [...textFields, wordsField]
  const scanned = scannedFields.map((field) => keywordWordsDsl(field, value))
  if (value.parts.length > 1) return anyOf([...texts.map((field) => wordPatternDsl(field, value.parts)), ...scanned])
  if (words(value.text).length === 0) return none
  return anyOf([phraseDsl([...texts, ...wholeFields, ...typedFields(value.text)], value.text), ...scanned])
}

/** Fields that may have what is written like this, and are no text. */
function typedFields(text: string): readonly string[] {
  if (/^-?\d/.test(text) && String(Number(text)) === text) return [...integerFields, ...numberFields, 'numeric_labels.*']
  if (isIP(text) !== 0) return addressFields
  return text === 'true' || text === 'false' ? booleanFields : []
}
