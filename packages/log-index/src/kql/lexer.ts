import { QuerySyntaxError } from '../errors.ts'

/** A piece of a query. `offset` counts UTF-16 units from the query's start. */
export type Token =
  | {
      readonly type: 'literal'
      readonly offset: number
      readonly text: string
      readonly parts: readonly string[]
      readonly quoted: boolean
    }
  | { readonly type: 'and' | 'or' | 'not'; readonly offset: number; readonly text: string }
  | { readonly type: '(' | ')' | ':' | '<' | '<=' | '>' | '>=' | 'end'; readonly offset: number; readonly text: string }

/** Characters in a query; a longer one is refused. */
export const queryCharsMax = 10_000

const special = '():<>"{}'
const escapes: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n' }

/** Takes a query apart. Throws `QuerySyntaxError`. */
export function tokenize(query: string): Token[] {
  if (query.length > queryCharsMax) {
    throw new QuerySyntaxError(`The query has ${query.length} characters, at most ${queryCharsMax} are allowed.`, queryCharsMax)
  }
  const tokens: Token[] = []
  let at = 0
  while (at < query.length) {
    const char = query[at] as string
    if (/\s/.test(char)) {
      at++
    } else if (char === '"') {
      at = readQuoted(query, at, tokens)
    } else if (char === '(' || char === ')' || char === ':') {
      tokens.push({ type: char, offset: at, text: char })
      at++
    } else if (char === '<' || char === '>') {
      const operator = query[at + 1] === '=' ? (`${char}=` as const) : char
      tokens.push({ type: operator, offset: at, text: operator })
      at += operator.length
    } else if (char === '{' || char === '}') {
      throw new QuerySyntaxError(
        `"${char}" at offset ${at}: nested queries in braces are not supported. Write field.subfield:value, or "\\${char}" for the character itself.`,
        at,
      )
    } else {
      at = readBare(query, at, tokens)
    }
  }
  tokens.push({ type: 'end', offset: query.length, text: '' })
  return tokens
}

function readQuoted(query: string, start: number, tokens: Token[]): number {
  let text = ''
  for (let at = start + 1; at < query.length; at++) {
    const char = query[at] as string
    if (char === '"') {
      tokens.push({ type: 'literal', offset: start, text, parts: [text], quoted: true })
      return at + 1
    }
    if (char === '\\' && at + 1 < query.length) {
      const [value, next] = readEscape(query, at)
      text += value
      at = next - 1
    } else {
      text += char
    }
  }
  throw new QuerySyntaxError(
    `The quote at offset ${start} is not closed. Add a " at the end of the phrase, or write \\" for the character itself.`,
    start,
  )
}

function readBare(query: string, start: number, tokens: Token[]): number {
  const parts = ['']
  let escaped = false
  let at = start
  while (at < query.length) {
    const char = query[at] as string
    if (/\s/.test(char) || special.includes(char)) break
    if (char === '\\' && at + 1 < query.length) {
      const [value, next] = readEscape(query, at)
      parts[parts.length - 1] += value
      escaped = true
      at = next
    } else if (char === '*') {
      // Several stars in a row mean what one means.
      if (parts.length === 1 || parts.at(-1) !== '') parts.push('')
      at++
    } else {
      parts[parts.length - 1] += char
      at++
    }
  }
  const text = parts.join('*')
  const word = text.toLowerCase()
  if (!escaped && (word === 'and' || word === 'or' || word === 'not')) tokens.push({ type: word, offset: start, text })
  else tokens.push({ type: 'literal', offset: start, text, parts, quoted: false })
  return at
}

/** Resolves the escape at `at`; answers its value and where it ends. */
function readEscape(query: string, at: number): [value: string, next: number] {
  const char = query[at + 1] as string
  const unicode = char === 'u' ? /^[0-9a-fA-F]{4}/.exec(query.slice(at + 2, at + 6)) : null
  if (unicode !== null) return [String.fromCharCode(Number.parseInt(unicode[0], 16)), at + 6]
  if (special.includes(char) || char === '\\' || char === '*' || /\s/.test(char)) return [char, at + 2]
  const control = escapes[char]
  if (control !== undefined) return [control, at + 2]
  const keyword = /^(?:and|or|not)\b/i.exec(query.slice(at + 1))
  if (keyword !== null) return [keyword[0], at + 1 + keyword[0].length]
  // A backslash before anything else is itself, so that Windows paths need no care.
  return ['\\', at + 1]
}
