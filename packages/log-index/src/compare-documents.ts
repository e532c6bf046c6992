import { eachValue, type Scalar } from './kql/field-values.ts'
import type { DocumentName, LogDocument, LogSearch } from './log-index.ts'

/** What a document would change. */
export interface DocumentComparison {
  readonly id: string
  /** Where the document would go. */
  readonly dataStream: string
  readonly status: 'new' | 'identical' | 'different'
  /** Data stream in which another one of this id is. */
  readonly existingDataStream?: string
  /** Of `different`: the fields, in the order of their names. */
  readonly fields?: readonly FieldDifference[]
}

/** The values of one field, an array where there are several; left out where there are none. */
export interface FieldDifference {
  readonly field: string
  readonly existing?: Scalar | readonly Scalar[]
  readonly wanted?: Scalar | readonly Scalar[]
}

/** When a document was written is another time on each attempt. */
const ignored: ReadonlySet<string> = new Set(['event.ingested'])

/** Compares documents with those of the same ids in the index, in order. */
export async function compareDocuments(
  search: Pick<LogSearch, 'getByIds'>,
  documents: readonly LogDocument[],
  signal?: AbortSignal,
): Promise<readonly DocumentComparison[]> {
  const names = documents.map(({ id, dataStream, timestamp }): DocumentName => ({ id, dataStream, timestamp }))
  const found = await search.getByIds(names, signal)
  return documents.map(({ id, dataStream, source }, index) => {
    const existing = found[index]
    if (existing === undefined) return { id, dataStream, status: 'new' }
    const fields = fieldDifferences(existing.source, source)
    const place = { id, dataStream, existingDataStream: existing.dataStream }
    return fields.length === 0 ? { ...place, status: 'identical' } : { ...place, status: 'different', fields }
  })
}

/**
 * The fields in which two documents differ, as an index sees them: how objects are nested, the order of values and null make no difference, since an index may
 * give a document back in another form.
 */
export function fieldDifferences(existing: string, wanted: string): readonly FieldDifference[] {
  const before = fieldsOf(existing)
  const after = fieldsOf(wanted)
  const differences: FieldDifference[] = []
  for (const field of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [one, other] = [before.get(field), after.get(field)]
    if (ignored.has(field) || sortedText(one) === sortedText(other)) continue
    differences.push({
      field,
      ...(one === undefined ? {} : { existing: plain(one) }),
      ...(other === undefined ? {} : { wanted: plain(other) }),
    })
  }
  return differences
}

function fieldsOf(source: string): Map<string, Scalar[]> {
  const fields = new Map<string, Scalar[]>()
  eachValue(JSON.parse(source), '', (value, path) => {
    const values = fields.get(path)
    if (values === undefined) fields.set(path, [value])
    else values.push(value)
  })
  return fields
}

function sortedText(values: readonly Scalar[] | undefined): string {
  return (values ?? [])
    .map((value) => JSON.stringify(value))
    .sort()
    .join()
}

function plain(values: readonly Scalar[]): Scalar | readonly Scalar[] {
  const [first] = values
  return values.length === 1 && first !== undefined ? first : values
}
