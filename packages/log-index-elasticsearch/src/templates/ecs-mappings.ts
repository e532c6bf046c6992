import * as ecs from './ecs-fields.ts'

/** A field's definition in a mapping. */
export type FieldMapping = Readonly<Record<string, unknown>>

export interface Mappings {
  readonly date_detection: false
  readonly dynamic_templates: readonly Readonly<Record<string, FieldMapping>>[]
  readonly properties: Readonly<Record<string, FieldMapping>>
}

/** Longer values are kept in the document, and not found as a whole. */
const keyword = { type: 'keyword', ignore_above: 1_024 }
const words = { copy_to: ecs.wordsField }

/** The mapping of ECS's fields; other text stays whole (`keyword`), other numbers are doubles. `text` is the type of text fields. */
export function ecsMappings(text: FieldMapping): Mappings {
  return {
    date_detection: false,
    dynamic_templates: [
      {
        labels: { path_match: 'labels.*', match_mapping_type: ['string', 'long', 'double', 'boolean'], mapping: { ...keyword, ...words } },
      },
      { numeric_labels: { path_match: 'numeric_labels.*', match_mapping_type: ['string', 'long', 'double'], mapping: { type: 'double' } } },
      { strings: { match_mapping_type: 'string', mapping: { ...keyword, ...words } } },
      // A field whose first number is whole may hold a fraction next.
      { integers: { match_mapping_type: 'long', mapping: { type: 'double', ...words } } },
      { numbers: { match_mapping_type: 'double', mapping: { type: 'double', ...words } } },
      { booleans: { match_mapping_type: 'boolean', mapping: { type: 'boolean', ...words } } },
    ],
    properties: {
      '@timestamp': { type: 'date', ignore_malformed: false },
      ...each(ecs.textFields, text),
      ...each(ecs.dateFields, { type: 'date' }),
      ...each(ecs.integerFields, { type: 'long' }),
      ...each(ecs.numberFields, { type: 'double' }),
      ...each(ecs.addressFields, { type: 'ip' }),
      ...each(ecs.booleanFields, { type: 'boolean' }),
      ...each(ecs.scannedFields, keyword),
      ...each(ecs.wholeFields, keyword),
      ...each(ecs.asideFields, keyword),
      'event.original': { type: 'keyword', index: false, doc_values: false },
      'log.syslog.structured_data': { type: 'flattened' },
      'millrace.original_bytes': { type: 'binary' },
      [ecs.wordsField]: { type: 'text', norms: false },
    },
  }
}

function each(names: readonly string[], mapping: FieldMapping): Record<string, FieldMapping> {
  return Object.fromEntries(names.map((name) => [name, mapping]))
}
