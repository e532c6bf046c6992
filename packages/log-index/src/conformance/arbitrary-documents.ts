import * as fc from 'fast-check'

const wordsUsed = [
  'error',
  'Error',
  'timeout',
  'user_id',
  'GET',
  'shop',
  '10',
  '200',
  '404',
  'über',
  'É',
  '日本',
  'not',
  'a',
  '1e3',
  '-5',
  '1.5',
]
const separators = [' ', ' ', '.', '-', '/', ': ', '", "', '\n', '\t', '\u00a0', '“']

const text: fc.Arbitrary<string> = fc
  .array(fc.tuple(fc.constantFrom(...wordsUsed), fc.constantFrom(...separators)), { minLength: 1, maxLength: 4 })
  .map((pieces) => pieces.map(([word, separator], at) => (at === 0 ? word : separator + word)).join(''))

const scalar: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: text },
  fc.constantFrom(
    200,
    404,
    10,
    -5,
    1.5,
    1_000,
    0,
    1e21,
    12_345_678_901_234_567_890n.toString(),
    true,
    false,
    null,
    '',
    '10.1.2.3',
    '10.2.0.1',
  ),
)
const value: fc.Arbitrary<unknown> = fc.oneof({ weight: 5, arbitrary: scalar }, fc.array(scalar, { maxLength: 3 }))

/** Fields of a document: few names and values, so that queries hit. */
export const arbitraryFields: fc.Arbitrary<object> = fc.record(
  {
    message: text,
    log: fc.record({ level: fc.constantFrom('error', 'info', 'WARN') }),
    http: fc.record({ response: fc.record({ status_code: fc.constantFrom(200, 404, 500, '500') }, { requiredKeys: [] }) }),
    source: fc.record({ ip: fc.constantFrom('10.1.2.3', '10.2.0.1', '::1') }),
    labels: fc.dictionary(fc.constantFrom('a', 'b', 'a.b', 'text', '__proto__'), value, { maxKeys: 3 }),
    items: fc.array(fc.record({ name: value }), { maxLength: 2 }),
    error: fc.oneof(fc.record({ message: text }), scalar),
  },
  { requiredKeys: [] },
)

const fields = [
  'message',
  'log.level',
  'http.response.status_code',
  'source.ip',
  'labels.a',
  'labels.a.b',
  'labels.*',
  'items.name',
  'error',
  'error.message',
  '*',
  'message.keyword',
  'labels.text',
  '@timestamp',
  'none',
]

const literal: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...wordsUsed).map((word) => (/^not$/i.test(word) ? `\\${word}` : word)) },
  fc.constantFrom(
    'err*',
    '*out',
    '*',
    'e*r*r',
    '10.1*',
    '1e3',
    '1000',
    '500',
    '"500"',
    '10.0.0.0/8',
    '"10.1.0.0/16"',
    'sho*',
    '2026',
    '"2026-11-21"',
    '"."',
    '""',
    'true',
  ),
  text.map((words) => `"${words.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`),
)

const leaf: fc.Arbitrary<string> = fc.oneof(
  literal,
  fc.tuple(fc.constantFrom(...fields), literal).map(([field, value]) => `${field}:${value}`),
  fc.tuple(fc.constantFrom(...fields), literal, literal).map(([field, one, other]) => `${field}:(${one} or ${other})`),
  fc.constantFrom(...fields).map((field) => `${field}:*`),
  fc
    .tuple(
      fc.constantFrom(...fields),
      fc.constantFrom('<', '<=', '>', '>='),
      fc.constantFrom('10', '200', '404', 'error', '1.5', 'now-1h', '"2026-11-21"'),
    )
    .map(([field, operator, bound]) => `${field} ${operator} ${bound}`),
)

/** Queries of all forms. */
export const arbitraryQuery: fc.Arbitrary<string> = fc.letrec<{ query: string }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.tuple(tie('query'), tie('query')).map(([one, other]) => `${one} and ${other}`),
    fc.tuple(tie('query'), tie('query')).map(([one, other]) => `(${one} or ${other})`),
    fc.tuple(tie('query'), tie('query')).map(([one, other]) => `${one} ${other}`),
    tie('query').map((query) => `NOT (${query})`),
  ),
})).query
