/** A parsed query. */
export type Query =
  /** Every document. */
  | { readonly kind: 'all' }
  /** The words stand somewhere among the document's values. */
  | { readonly kind: 'text'; readonly value: QueryValue }
  /** The field has the value. `field` may hold `*`. */
  | { readonly kind: 'is'; readonly field: string; readonly value: QueryValue }
  /** The field has any value. `field` may hold `*`. */
  | { readonly kind: 'exists'; readonly field: string }
  | { readonly kind: 'range'; readonly field: string; readonly operator: RangeOperator; readonly bound: string }
  | { readonly kind: 'and' | 'or'; readonly queries: readonly Query[] }
  | { readonly kind: 'not'; readonly query: Query }

export type RangeOperator = '<' | '<=' | '>' | '>='

/** What is looked for: escapes are resolved. */
export interface QueryValue {
  readonly text: string
  /** The text between the unescaped `*`; one part if there is none. */
  readonly parts: readonly string[]
}
