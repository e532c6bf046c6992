import { words } from '@millrace/log-index'
import type { QueryValue } from '@millrace/log-index'
import type { Dsl } from './dsl.ts'
import { none } from './dsl.ts'
import { escapeWildcard } from './text-dsl.ts'

const wordChar = '[a-zA-Z0-9_\u0080-\uffff]'
const otherChar = '[^a-zA-Z0-9_\u0080-\uffff]'

/**
 * The words within a field that is kept whole, in any case. Goes through the list of the field's different values: for fields that have few, or that
 * a person asks for by name.
 */
export function keywordWordsDsl(field: string, { text, parts }: QueryValue): Dsl {
  const isPattern = parts.length > 1
  if (isPattern && !parts.every((part) => words(part).join('') === part.toLowerCase())) {
    return { wildcard: { [field]: { value: `*${parts.map(escapeWildcard).join('*')}*`, case_insensitive: true } } }
  }
  const found = isPattern ? [parts.map(inAnyCase).join(`${wordChar}*`)] : words(text).map(inAnyCase)
  if (found.length === 0) return none
  return { regexp: { [field]: { value: `(.*${otherChar})?${found.join(`${otherChar}+`)}(${otherChar}.*)?`, case_insensitive: true } } }
}

/** Elasticsearch's own way of taking cases for the same is about ASCII. */
function inAnyCase(word: string): string {
  return word.replace(/[^\u0000-\u007f]/gu, (char) => {
    const [lower, upper] = [char.toLowerCase(), char.toUpperCase()]
    return lower === upper || lower.length !== upper.length ? char : `[${lower}${upper}]`
  })
}
