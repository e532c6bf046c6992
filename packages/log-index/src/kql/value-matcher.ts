import { BlockList, isIP } from 'node:net'
import { parseTimeSpan } from './dates.ts'
import type { FieldKind } from './field-kind.ts'
import type { Scalar } from './field-values.ts'
import { matchesParts } from './field-values.ts'
import type { QueryValue, RangeOperator } from './query.ts'
import { words } from './words.ts'

export type ValueMatcher = (value: Scalar) => boolean

/** What decides whether one value of a field of this kind is the one that is looked for. */
export function valueMatcher(kind: FieldKind, value: QueryValue, now: number): ValueMatcher {
  if (kind === 'text') return textMatcher(value)
  if (kind === 'date') {
    const span = value.parts.length === 1 ? parseTimeSpan(value.text, now) : undefined
    if (span !== undefined) return (candidate) => within(toTime(candidate), span.from, span.to)
  }
  return keywordMatcher(value)
}

/** Words side by side, in any case; with `*` any word (or any run without a blank, if the pattern holds other characters) that fits. */
export function textMatcher({ text, parts }: QueryValue): ValueMatcher {
  const lowerParts = parts.map((part) => part.toLowerCase())
  if (parts.length > 1) {
    if (lowerParts.every((part) => words(part).join('') === part)) {
      return (value) => words(String(value)).some((word) => matchesParts(word, lowerParts))
    }
    const anywhere = ['', ...lowerParts, '']
    return (value) =>
      String(value)
        .toLowerCase()
        .split(/\s+/)
        .some((chunk) => matchesParts(chunk, anywhere))
  }
  const phrase = words(text)
  const first = phrase[0]
  const lower = text.toLowerCase()
  // Punctuation alone has no words: it is looked for as it stands.
  if (first === undefined) return (value) => lower !== '' && String(value).toLowerCase().includes(lower)
  return (value) => {
    const candidate = String(value)
    const at = candidate.toLowerCase().indexOf(first)
    return at >= 0 && hasPhrase(words(candidate), phrase)
  }
}

function hasPhrase(candidate: readonly string[], phrase: readonly string[]): boolean {
  for (let start = 0; start + phrase.length <= candidate.length; start++) {
    let length = 0
    while (length < phrase.length && candidate[start + length] === phrase[length]) length++
    if (length === phrase.length) return true
  }
  return false
}

function keywordMatcher({ text, parts }: QueryValue): ValueMatcher {
  const network = parts.length === 1 ? parseNetwork(text) : undefined
  const number = text.trim() === '' ? Number.NaN : Number(text)
  return (value) => {
    if (typeof value === 'number' && value === number) return true
    const candidate = String(value)
    if (matchesParts(candidate, parts)) return true
    const family = network === undefined ? 0 : isIP(candidate)
    return family !== 0 && (network as BlockList).check(candidate, family === 6 ? 'ipv6' : 'ipv4')
  }
}

/** `10.0.0.0/8`, as Elasticsearch's field type for addresses takes it. */
function parseNetwork(text: string): BlockList | undefined {
  const match = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(text)
  const family = isIP(match?.[1] ?? '')
  const prefix = Number(match?.[2])
  if (family === 0 || prefix > (family === 6 ? 128 : 32)) return undefined
  const list = new BlockList()
  list.addSubnet(match?.[1] as string, prefix, family === 6 ? 'ipv6' : 'ipv4')
  return list
}

/** Numbers compare as numbers, dates as times, everything else by its characters. */
export function rangeMatcher(kind: FieldKind, operator: RangeOperator, bound: string, now: number): ValueMatcher {
  const span = kind === 'date' || /^now\b/i.test(bound) ? parseTimeSpan(bound, now) : undefined
  if (span !== undefined) {
    return (value) => {
      const time = toTime(value)
      if (operator === '<') return time < span.from
      if (operator === '<=') return time < span.to
      return operator === '>' ? time >= span.to : time >= span.from
    }
  }
  const number = bound.trim() === '' ? Number.NaN : Number(bound)
  return (value) => (typeof value === 'number' ? compares(value, operator, number) : compares(String(value), operator, bound))
}

function compares<T extends string | number>(value: T, operator: RangeOperator, bound: T): boolean {
  if (operator === '<') return value < bound
  if (operator === '<=') return value <= bound
  return operator === '>' ? value > bound : value >= bound
}

function toTime(value: Scalar): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' ? (parseTimeSpan(value, Number.NaN)?.from ?? Number.NaN) : Number.NaN
}

function within(time: number, from: number, to: number): boolean {
  return time >= from && time < to
}
