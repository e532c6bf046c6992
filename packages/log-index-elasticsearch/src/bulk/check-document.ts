import type { DocumentOutcome, LogDocument } from '@millrace/log-index'

const idBytesMax = 512

/**
 * Says what would fail a whole request, neighbours included: Elasticsearch looks at these before it looks at the documents. Undefined for an
 * ordinary document.
 */
export function checkDocument({ id, source }: LogDocument): DocumentOutcome | undefined {
  return checkId(id) ?? checkSource(source)
}

/** As `checkDocument`, of the id. */
export function checkId(id: string): DocumentOutcome | undefined {
  // A character takes at most three bytes.
  if (id.length > 0 && (id.length * 3 <= idBytesMax || Buffer.byteLength(id) <= idBytesMax)) return undefined
  return { status: 'rejected', reason: `The id must have 1 to ${idBytesMax} bytes, it has ${Buffer.byteLength(id)}.` }
}

/** As `checkDocument`, of the document's text. */
export function checkSource(source: string): DocumentOutcome | undefined {
  if (source.charCodeAt(0) === openingBrace || source.trimStart().startsWith('{')) return undefined
  return { status: 'rejected', reason: `The document is not a JSON object: it starts with ${JSON.stringify(source.slice(0, 20))}.` }
}

/** What every object starts with, in all texts that are made here. */
export const openingBrace: number = '{'.charCodeAt(0)
