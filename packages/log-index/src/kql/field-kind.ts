/** How a field's values are compared. */
export type FieldKind = 'keyword' | 'text' | 'date'

const textFields = new Set(['message', 'error.message', 'error.stack_trace', 'event.original'])
const dateFields = new Set(['@timestamp', 'event.created', 'event.ingested', 'event.start', 'event.end'])

/**
 * What ECS's mapping makes of a field: `message`, `error.message`, `error.stack_trace`, `event.original` and multi-fields called `text` are
 * analysed into words, the times of `@timestamp` and `event.*` are dates, everything else is kept whole.
 */
export function fieldKind(path: string): FieldKind {
  if (textFields.has(path) || path.endsWith('.text')) return 'text'
  return dateFields.has(path) ? 'date' : 'keyword'
}

/** Whether bare words look at the field: not at those that are the same or meaningless in every document. */
export function isFullText(path: string): boolean {
  return !(dateFields.has(path) || path.startsWith('ecs.') || path.startsWith('data_stream.'))
}

/** The field that a multi-field (`user_agent.original.text`, `user.name.keyword`) is made from, if it may be one. */
export function multiFieldBase(path: string): string | undefined {
  return /^(.+)\.(?:text|keyword)$/.exec(path)?.[1]
}
