import { QuerySyntaxError } from '../errors.ts'
import type { Token } from './lexer.ts'
import { tokenize } from './lexer.ts'
import type { Query, QueryValue, RangeOperator } from './query.ts'

/** Parentheses and NOTs inside each other; more are refused. */
const depthMax = 100

/**
 * Parses the part of KQL that people type: bare words and "quoted phrases", `field:value`, `field:(a or b)`, `field:*`, `*` in values and field
 * names, `field >= 500` (also `field:>=500`), AND, OR, NOT in any case, parentheses. NOT binds closest, then AND, then OR; terms side by side
 * mean AND. An empty query matches everything. Throws `QuerySyntaxError`.
 */
export function parseQuery(query: string): Query {
  const parser = new Parser(tokenize(query))
  return parser.whole()
}

/** Makes a literal's query, in the field whose parentheses it stands in, or among all text. */
type Leaf = (value: QueryValue, token: Token) => Query

const textLeaf: Leaf = (value) => (isStar(value) ? { kind: 'all' } : { kind: 'text', value })

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  whole(): Query {
    if (this.#peek().type === 'end') return { kind: 'all' }
    const query = this.#or(undefined)
    const rest = this.#peek()
    if (rest.type !== 'end') throw this.#unexpected(rest)
    return query
  }

  #or(field: string | undefined): Query {
    const queries = [this.#and(field)]
    while (this.#take('or')) queries.push(this.#and(field))
    return joined('or', queries)
  }

  #and(field: string | undefined): Query {
    const queries = [this.#not(field)]
    for (;;) {
      const { type } = this.#peek()
      if (type === 'and') this.#at++
      else if (type !== 'literal' && type !== 'not' && type !== '(') break
      queries.push(this.#not(field))
    }
    return joined('and', queries)
  }

  #not(field: string | undefined): Query {
    const token = this.#peek()
    if (!this.#take('not')) return this.#term(field)
    this.#deeper(token)
    const query: Query = { kind: 'not', query: this.#not(field) }
    this.#depth--
    return query
  }

  #term(field: string | undefined): Query {
    const token = this.#next()
    if (token.type === '(') return this.#group(field, token)
    if (token.type !== 'literal') throw this.#unexpected(token)
    if (field !== undefined) {
      const after = this.#peek()
      if (after.type === ':' || isRange(after)) {
        throw new QuerySyntaxError(
          `"${after.text}" at offset ${after.offset} is inside the parentheses of the field "${field}", where only values may stand.`,
          after.offset,
        )
      }
      return fieldLeaf(field)(token, token)
    }
    const operator = this.#peek()
    if (isRange(operator)) return this.#range(token.text, this.#next().type as RangeOperator)
    if (!this.#take(':')) return textLeaf(token, token)
    return this.#fieldValue(token, operator)
  }

  #fieldValue(name: Token, colon: Token): Query {
    if (name.text === '') throw new QuerySyntaxError(`A field's name is missing before the ":" at offset ${colon.offset}.`, colon.offset)
    const token = this.#peek()
    if (isRange(token)) return this.#range(name.text, this.#next().type as RangeOperator)
    if (token.type === '(') return this.#group(name.text, this.#next())
    if (token.type === 'literal') return fieldLeaf(name.text)(token, this.#next())
    throw new QuerySyntaxError(
      `A value for the field "${name.text}" is missing at offset ${token.offset}${found(token)}. Write ${name.text}:value, or ${name.text}:* for any value.`,
      token.offset,
    )
  }

  #range(field: string, operator: RangeOperator): Query {
    const token = this.#next()
    if (token.type !== 'literal' || token.text === '') {
      throw new QuerySyntaxError(
        `A number, date or word is missing after "${field} ${operator}" at offset ${token.offset}${found(token)}.`,
        token.offset,
      )
    }
    return { kind: 'range', field, operator, bound: token.text }
  }

  #group(field: string | undefined, open: Token): Query {
    this.#deeper(open)
    const query = this.#or(field)
    const close = this.#next()
    if (close.type !== ')') {
      if (close.type !== 'end') throw this.#unexpected(close)
      throw new QuerySyntaxError(`The "(" at offset ${open.offset} is not closed. Add a ")".`, close.offset)
    }
    this.#depth--
    return query
  }

  #deeper(token: Token): void {
    if (++this.#depth > depthMax) {
      throw new QuerySyntaxError(`The query is nested more than ${depthMax} deep at offset ${token.offset}.`, token.offset)
    }
  }

  #peek(): Token {
    return this.#tokens[this.#at] as Token
  }

  #next(): Token {
    const token = this.#peek()
    if (token.type !== 'end') this.#at++
    return token
  }

  #take(type: Token['type']): boolean {
    if (this.#peek().type !== type) return false
    this.#at++
    return true
  }

  #unexpected(token: Token): QuerySyntaxError {
    if (token.type === 'end')
      return new QuerySyntaxError(`The query ends where a word, field or "(" was expected (offset ${token.offset}).`, token.offset)
    const hint = token.type === 'and' || token.type === 'or' || token.type === 'not' ? ' Put the word in quotes to search for it.' : ''
    return new QuerySyntaxError(`"${token.text}" at offset ${token.offset} was not expected there.${hint}`, token.offset)
  }
}

function fieldLeaf(field: string): (value: QueryValue, token: Token) => Query {
  return ({ text, parts }) => {
    if (!isStar({ text, parts })) return { kind: 'is', field, value: { text, parts } }
    return field === '*' ? { kind: 'all' } : { kind: 'exists', field }
  }
}

function isStar(value: QueryValue): boolean {
  return value.parts.length === 2 && value.parts.every((part) => part === '')
}

function isRange(token: Token): boolean {
  return token.type === '<' || token.type === '<=' || token.type === '>' || token.type === '>='
}

function found(token: Token): string {
  return token.type === 'end' ? '' : `, "${token.text}" stands there`
}

function joined(kind: 'and' | 'or', queries: readonly Query[]): Query {
  return queries.length === 1 ? (queries[0] as Query) : { kind, queries }
}
