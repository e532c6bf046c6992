/** How values of a field are compared. */
export type TypeKind = 'keyword' | 'text' | 'date' | 'number' | 'boolean' | 'ip'

const kinds: Readonly<Record<string, TypeKind>> = {
  text: 'text',
  match_only_text: 'text',
  date: 'date',
  date_nanos: 'date',
  boolean: 'boolean',
  ip: 'ip',
  byte: 'number',
  short: 'number',
  integer: 'number',
  long: 'number',
  unsigned_long: 'number',
  half_float: 'number',
  float: 'number',
  double: 'number',
  scaled_float: 'number',
}

/** Elasticsearch's types, as far as they differ for a query: what is not known is looked at as it stands. */
export function typeKind(type: string): TypeKind {
  return kinds[type] ?? 'keyword'
}
