import type { Client } from '@elastic/elasticsearch'
import type { Query } from '@millrace/log-index'
import { multiFieldBase } from '@millrace/log-index'
import type { RequestHeaders } from '../create-client.ts'
import { wordsField } from '../templates/ecs-fields.ts'

/** Elasticsearch's types of the fields that there are, by name. A field has more than one if backing indices differ. */
export type FieldTypes = ReadonlyMap<string, readonly string[]>

/** The names of fields, and patterns of names, that a query looks at; with those that multi-fields are made from. */
export function fieldsOf(query: Query): ReadonlySet<string> {
  const names = new Set<string>()
  collect(query, names)
  return names
}

function collect(query: Query, names: Set<string>): void {
  if (query.kind === 'and' || query.kind === 'or') for (const each of query.queries) collect(each, names)
  else if (query.kind === 'not') collect(query.query, names)
  else if ('field' in query) addField(query.field, names)
}

/** Adds a field, and the one that it is made from. */
export function addField(field: string, names: Set<string>): void {
  names.add(field)
  const base = multiFieldBase(field)
  if (base !== undefined) names.add(base)
}

/** Asks which fields there are, and of which type. */
export async function fieldTypes(
  client: Client,
  index: string,
  names: ReadonlySet<string>,
  options: { readonly headers: RequestHeaders; readonly signal: AbortSignal; readonly maxRetries: number },
): Promise<FieldTypes> {
  const { headers, ...rest } = options
  const { fields } = await client.fieldCaps(
    { index, fields: [...names], filters: '-metadata,-parent', allow_no_indices: true, ignore_unavailable: true },
    { ...rest, headers: headers.json },
  )
  const found = new Map<string, readonly string[]>()
  for (const [name, types] of Object.entries(fields)) {
    // What is not indexed cannot be asked for.
    const known = Object.entries(types).flatMap(([type, { searchable }]) => (searchable ? [type] : []))
    if (name !== wordsField && known.length > 0) found.set(name, known)
  }
  return found
}
