/** A field's definition in a mapping. */
export type FieldMapping = Readonly<Record<string, unknown>>

export interface Mappings {
  readonly date_detection: false
  readonly dynamic_templates: readonly Readonly<Record<string, FieldMapping>>[]
  readonly properties: Readonly<Record<string, FieldMapping>>
}

/**
 * The field that bare words of a query look at: the values of all fields that are not text themselves, taken apart into words. It is indexed only;
 * documents do not hold it.
 */
export const wordsField = 'millrace.words'

/** Fields that are text: they are searched for words, and bare words look at them too. */
export const textFields: readonly string[] = ['message', 'error.message', 'error.stack_trace']

const dates = 'event.created event.ingested event.start event.end'
const integers = `
  http.request.bytes http.request.body.bytes http.response.bytes http.response.body.bytes http.response.status_code
  url.port source.port source.bytes source.packets source.nat.port destination.port destination.bytes destination.packets
  client.port client.bytes server.port server.bytes network.bytes network.packets
  process.pid process.ppid process.thread.id process.exit_code process.pgid process.uptime process.parent.pid
  event.duration event.sequence event.severity file.size
  log.origin.file.line log.syslog.priority log.syslog.facility.code log.syslog.severity.code
`
const numbers = 'event.risk_score host.cpu.usage'
const addresses = 'source.ip source.nat.ip destination.ip client.ip server.ip host.ip related.ip network.forwarded_ip'
const booleans = 'faas.coldstart tls.established tls.resumed process.interactive'
/** The same or meaningless in every document: bare words do not look at them. */
const aside = 'ecs.version data_stream.type data_stream.dataset data_stream.namespace'

/** Longer values are kept in the document, and found by their words only. */
const ignoreAbove = 1_024
const keyword = { type: 'keyword', ignore_above: ignoreAbove }
const words = { copy_to: wordsField }

/**
 * The mapping of ECS's fields, as far as their type does not follow from their value: text stays whole (`keyword`) unless it is named here.
 * `text` is the type of text fields.
 */
export function ecsMappings(text: FieldMapping): Mappings {
  return {
    date_detection: false,
    dynamic_templates: [
      {
        labels: { path_match: 'labels.*', match_mapping_type: ['string', 'long', 'double', 'boolean'], mapping: { ...keyword, ...words } },
      },
      {
        numeric_labels: {
          path_match: 'numeric_labels.*',
          match_mapping_type: ['string', 'long', 'double'],
          mapping: { type: 'double', ...words },
        },
      },
      { strings: { match_mapping_type: 'string', mapping: { ...keyword, ...words } } },
      // A field whose first number is whole may hold a fraction next.
      { integers: { match_mapping_type: 'long', mapping: { type: 'double', ...words } } },
      { numbers: { match_mapping_type: 'double', mapping: { type: 'double', ...words } } },
      { booleans: { match_mapping_type: 'boolean', mapping: { type: 'boolean', ...words } } },
    ],
    properties: {
      '@timestamp': { type: 'date', ignore_malformed: false },
      ...each(textFields, text),
      ...each(namesOf(dates), { type: 'date' }),
      ...each(namesOf(integers), { type: 'long', ...words }),
      ...each(namesOf(numbers), { type: 'double', ...words }),
      ...each(namesOf(addresses), { type: 'ip', ...words }),
      ...each(namesOf(booleans), { type: 'boolean', ...words }),
      ...each(namesOf(aside), keyword),
      'event.original': { type: 'keyword', index: false, doc_values: false },
      'log.syslog.structured_data': { type: 'flattened' },
      'millrace.original_bytes': { type: 'binary' },
      [wordsField]: { type: 'text', norms: false },
    },
  }
}

function each(names: readonly string[], mapping: FieldMapping): Record<string, FieldMapping> {
  return Object.fromEntries(names.map((name) => [name, mapping]))
}

function namesOf(text: string): string[] {
  return text.trim().split(/\s+/)
}
