/** A query, or another part of a search, in Elasticsearch's JSON. */
export type Dsl = Readonly<Record<string, unknown>>

export const none: Dsl = { match_none: {} }

/** Any of the queries; the one, if there is only one. */
export function anyOf(queries: readonly Dsl[]): Dsl {
  const useful = queries.filter((query) => query !== none)
  if (useful.length === 0) return none
  return useful.length === 1 ? (useful[0] as Dsl) : { bool: { should: useful, minimum_should_match: 1 } }
}

/** All of the queries. Nothing is ranked, so that they are filters. */
export function allOf(queries: readonly Dsl[]): Dsl {
  return queries.length === 1 ? (queries[0] as Dsl) : { bool: { filter: queries } }
}
