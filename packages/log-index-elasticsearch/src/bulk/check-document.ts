import type { DocumentOutcome } from '@millrace/log-index'

const idBytesMax = 512

/**
 * Says what about an id would fail a whole request, neighbours included: Elasticsearch looks at it before it looks at the documents. Undefined for an
 * ordinary one.
 */
export function checkId(id: string): DocumentOutcome | undefined {
  // A character takes at most three bytes.
  if (id.length > 0 && (id.length * 3 <= idBytesMax || Buffer.byteLength(id) <= idBytesMax)) return undefined
  return { status: 'rejected', reason: `The id must have 1 to ${idBytesMax} bytes, it has ${Buffer.byteLength(id)}.` }
}

/** As `checkId`, of the document's text. */
export function checkSource(source: string): DocumentOutcome | undefined {
  if (source.charCodeAt(0) === openingBrace || source.trimStart().startsWith('{')) return undefined
  return { status: 'rejected', reason: `The document is not a JSON object: it starts with ${JSON.stringify(source.slice(0, 20))}.` }
}

/** What every object starts with, in all texts that are made here. */
export const openingBrace: number = '{'.charCodeAt(0)
