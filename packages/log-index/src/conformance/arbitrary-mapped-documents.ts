import * as fc from 'fast-check'

/** Words, and what may stand between them, that any analysis into words takes for the same. */
const wordsUsed = ['error', 'Error', 'timeout', 'user_id', 'GET', 'shop', '77', '200', '404', 'über', 'É', 'not', 'a']
const separators = [' ', ' ', '-', '/', ': ', '", "', '\n', '\t', '\u00a0', '“']

const text: fc.Arbitrary<string> = fc
  .array(fc.tuple(fc.constantFrom(...wordsUsed), fc.constantFrom(...separators)), { minLength: 1, maxLength: 4 })
  .map((pieces) => pieces.map(([word, separator], at) => (at === 0 ? word : separator + word)).join(''))
const number = fc.constantFrom(200, 404, 77, -5, 1_000, 0, 40)

function oneOrSome<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | T[]> {
  return fc.oneof({ weight: 4, arbitrary: value }, fc.array(value, { maxLength: 3 }))
}

/** Fields of a document whose types are those of ECS, and the same in every document: what an index with a mapping can tell apart. */
export const arbitraryMappedFields: fc.Arbitrary<object> = fc.record(
  {
    message: text,
    log: fc.record({ level: fc.constantFrom('error', 'info', 'WARN') }),
    http: fc.record({ response: fc.record({ status_code: fc.constantFrom(200, 404, 500) }, { requiredKeys: [] }) }),
    source: fc.record({ ip: fc.constantFrom('10.1.2.3', '10.2.0.1', '192.168.10.1', '::1') }),
    labels: fc.dictionary(fc.constantFrom('a', 'b', 'a_b', 'c.d'), oneOrSome(text), { maxKeys: 3 }),
    numeric_labels: fc.dictionary(fc.constantFrom('a', 'b'), oneOrSome(number), { maxKeys: 2 }),
    items: fc.array(fc.record({ name: fc.oneof(text, fc.constant(null)) }), { maxLength: 2 }),
    error: fc.record({ message: text }),
    flag: fc.boolean(),
  },
  { requiredKeys: [] },
)

const textFields = ['message', 'error.message']
const keywordFields = ['log.level', 'labels.a', 'labels.c.d', 'labels.*', 'items.name', 'labels.a.keyword', '*.level']
const numberFields = ['http.response.status_code', 'numeric_labels.a', 'numeric_labels.*']
const anyField = fc.constantFrom(...textFields, ...keywordFields, ...numberFields, 'source.ip', '@timestamp', 'flag', 'none', '*')

const word = fc.constantFrom(...wordsUsed).map((each) => (/^not$/i.test(each) ? `\\${each}` : each))
const phrase = text.map((words) => `"${words.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`)
const wordPattern = fc.constantFrom('err*', '*out', '*', 'e*r*r', 'sho*', 'user_*')
const literal = fc.oneof({ weight: 3, arbitrary: word }, phrase, wordPattern, fc.constantFrom('true', '"500"', '5e2'))
const operator = fc.constantFrom('<', '<=', '>', '>=')

const leaf: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: literal },
  { weight: 3, arbitrary: fc.tuple(anyField, literal).map(([field, value]) => `${field}:${value}`) },
  fc.tuple(anyField, literal, literal).map(([field, one, other]) => `${field}:(${one} or ${other})`),
  anyField.map((field) => `${field}:*`),
  fc.constantFrom('"10.0.0.0/8"', '"10.1.0.0/16"', '10.1*', '10.*', '10.2.0.1', '192.168.1*', '"::1"').map((value) => `source.ip:${value}`),
  fc.tuple(fc.constantFrom(...numberFields), fc.constantFrom('4*', '40*', '2*', '0*')).map(([field, value]) => `${field}:${value}`),
  fc
    .tuple(fc.constantFrom(...numberFields), operator, fc.constantFrom('77', '200', '404', 'error', '1.5'))
    .map(([field, sign, bound]) => `${field} ${sign} ${bound}`),
  fc.tuple(fc.constantFrom(...keywordFields), operator, word).map(([field, sign, bound]) => `${field} ${sign} ${bound}`),
  fc.tuple(operator, fc.constantFrom('now-1h', '"2026-11-21"', 'now+1d')).map(([sign, bound]) => `@timestamp ${sign} ${bound}`),
  fc.constantFrom('@timestamp:"2026-11-21"', '@timestamp:2026', '@timestamp:"2026-11-21T12:00"'),
)

/** Queries of all forms that an index with a mapping can answer exactly. */
export const arbitraryMappedQuery: fc.Arbitrary<string> = fc.letrec<{ query: string }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.tuple(tie('query'), tie('query')).map(([one, other]) => `${one} and ${other}`),
    fc.tuple(tie('query'), tie('query')).map(([one, other]) => `(${one} or ${other})`),
    fc.tuple(tie('query'), tie('query')).map(([one, other]) => `${one} ${other}`),
    tie('query').map((query) => `NOT (${query})`),
  ),
})).query
