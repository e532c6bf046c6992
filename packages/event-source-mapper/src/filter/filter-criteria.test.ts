import type { StreamRecord } from '@millrace/stream'
import { describe, expect, it } from 'vitest'
import { compileFilterCriteria } from './filter-criteria.ts'

function record(data: string, partitionKey = 'customer-7'): StreamRecord {
  return {
    partitionKey,
    data: Buffer.from(data),
    position: 3,
    sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
    approximateArrivalTimestamp: 1_545_084_650_987,
    headers: {},
    producerSequence: undefined,
  }
}

function passes(pattern: unknown, of: StreamRecord): boolean {
  return compileFilterCriteria({ Filters: [{ Pattern: JSON.stringify(pattern) }] })?.matches(of) ?? true
}

// https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html and the table "Properly filtering Kinesis messages" of
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
describe('the format of the data and of the filter', () => {
  const json = record('{"record":12345,"order":{"type":"buy","stock":"ANYCO","quantity":1000}}')
  const line = record('2026-11-21 GET /orders 200')
  it.each([
    ['JSON data, a pattern for data: filtered', { data: { order: { type: ['buy'] } } }, json, true],
    ['JSON data, a pattern for data: filtered', { data: { order: { type: ['sell'] } } }, json, false],
    ['JSON data, no pattern for data: filtered by metadata', { partitionKey: ['customer-7'] }, json, true],
    ['JSON data, no pattern for data: filtered by metadata', { partitionKey: ['customer-8'] }, json, false],
    ['no JSON data, a pattern for data: dropped', { data: { order: { type: ['buy'] } } }, line, false],
    ['no JSON data, a pattern for data that asks for absence: dropped', { data: { order: [{ exists: false }] } }, line, false],
    [
      'no JSON data, a pattern for data in one alternative: dropped',
      { $or: [{ data: { a: [1] } }, { partitionKey: ['customer-7'] }] },
      line,
      false,
    ],
    ['no JSON data, no pattern for data: filtered by metadata', { partitionKey: [{ prefix: 'customer' }] }, line, true],
    ['data and metadata: both', { data: { record: [12345] }, partitionKey: ['customer-7'] }, json, true],
    ['data and metadata: both', { data: { record: [12345] }, partitionKey: ['x'] }, json, false],
    ['JSON that is no object', { data: { a: [{ exists: false }] } }, record('5'), true],
    ['JSON that is no object', { data: { a: [1] } }, record(' "a" '), false],
    ['JSON that is an array', { data: { a: [1] } }, record('[{"a":2},{"a":1}]'), true],
    ['cut JSON', { data: { a: [{ exists: false }] } }, record('{"a":{"b":1}'), false],
    ['JSON behind text', { data: { a: [{ exists: false }] } }, record('x {"b":1}'), false],
    ['empty data', { data: { a: [{ exists: false }] } }, record(''), false],
    ['words of JSON', { data: { a: [{ exists: false }] } }, record('true\n'), true],
    ['the sequence number', { sequenceNumber: [{ prefix: '4959' }] }, line, true],
    ['the arrival, in seconds', { approximateArrivalTimestamp: [{ numeric: ['>=', 1_545_084_650] }] }, line, true],
    ['the version of the schema', { kinesisSchemaVersion: ['1.0'] }, line, true],
  ])('%s: %j', (_, pattern, of, expected) => {
    expect(passes(pattern, of)).toBe(expected)
  })

  it('lets a record pass that one of the filters matches', () => {
    const filter = compileFilterCriteria({
      Filters: [{ Pattern: '{"data":{"level":["error"]}}' }, { Pattern: '{"partitionKey":["audit"]}' }],
    })
    expect(
      [record('{"level":"error"}'), record('{"level":"info"}'), record('{"level":"info"}', 'audit'), record('line', 'audit')].map((of) =>
        filter?.matches(of),
      ),
    ).toEqual([true, false, true, true])
  })

  it('is no filter where there are none', () => {
    expect([undefined, {}, { Filters: [] }].map((criteria) => compileFilterCriteria(criteria))).toEqual([undefined, undefined, undefined])
  })

  it('does not look at the data unless a filter does, and parses it once', () => {
    let reads = 0
    const watched: StreamRecord = {
      ...record(''),
      get data() {
        reads++
        return Buffer.from('{"a":1}')
      },
    }
    const ofData = { Pattern: '{"data":{"a":[2]}}' }
    compileFilterCriteria({ Filters: [{ Pattern: '{"partitionKey":["x"]}' }] })?.matches(watched)
    expect(reads).toBe(0)
    compileFilterCriteria({ Filters: [ofData, ofData, ofData] })?.matches(watched)
    expect(reads).toBe(1)
  })
})

describe('what is refused', () => {
  const or = (width: number) => ({ $or: Array.from({ length: width }, (_, index) => ({ data: { [`f${index}`]: [1] } })) })
  it.each([
    ['not JSON', '{', 'Filters[0].Pattern: "{" is not JSON'],
    ['no object', '["a"]', 'a filter is a JSON object'],
    ['null', 'null', 'a filter is a JSON object'],
    ['empty', '{}', 'Filters[0].Pattern: empty objects are not allowed'],
    ['an empty object inside', '{"data":{"a":{}}}', 'Pattern.data.a: empty objects are not allowed'],
    ['an empty list', '{"data":{"a":[]}}', 'Pattern.data.a: empty arrays are not allowed'],
    ['a value without a list', '{"data":{"a":"x"}}', 'Pattern.data.a: "a" must be an object or an array, and is "x"'],
    ['a pattern for data as text', '{"data":["error"]}', 'Pattern.data: the pattern of data must be a JSON object'],
    ['an unknown key', '{"eventName":["x"]}', 'records of a stream have no eventName: filter by data, kinesisSchemaVersion, partitionKey'],
    ['a key of metadata with keys', '{"partitionKey":{"a":["x"]}}', 'partitionKey takes an array'],
    ['a list in a list', '{"data":{"a":[["x"]]}}', 'Pattern.data.a: a match value must be'],
    ['an unknown operator', '{"data":{"a":[{"regex":"x"}]}}', 'unrecognized match type "regex" (there is exactly, prefix'],
    ['two operators', '{"data":{"a":[{"prefix":"x","suffix":"y"}]}}', 'exactly one key is allowed'],
    ['no operator', '{"data":{"a":[{}]}}', 'exactly one key is allowed'],
    ['prefix', '{"data":{"a":[{"prefix":5}]}}', 'the prefix match pattern must be a string, and is 5'],
    ['prefix, further', '{"data":{"a":[{"prefix":{"wildcard":"x"}}]}}', 'unsupported prefix pattern'],
    ['exists', '{"data":{"a":[{"exists":"yes"}]}}', 'exists must be either true or false, and is "yes"'],
    ['numeric without a list', '{"data":{"a":[{"numeric":5}]}}', 'the value of numeric must be an array'],
    ['numeric without a number', '{"data":{"a":[{"numeric":["=","5"]}]}}', 'the value of "=" must be numeric, and is "5"'],
    ['numeric with an unknown operator', '{"data":{"a":[{"numeric":["!=",5]}]}}', 'unrecognized numeric range operator "!="'],
    ['numeric with two lower ends', '{"data":{"a":[{"numeric":[">",5,">",6]}]}}', 'bad numeric range operator ">"'],
    ['numeric upside down', '{"data":{"a":[{"numeric":["<",5,">",1]}]}}', 'too many elements'],
    [
      'numeric with an empty range',
      '{"data":{"a":[{"numeric":[">",5,"<",1]}]}}',
      'the bottom of the numeric range, 5, is above its top, 1',
    ],
    [
      'numeric beyond the limit',
      '{"data":{"a":[{"numeric":[">",6e9]}]}}',
      'must be between -5.0e9 and 5.0e9, inclusive, and is 6000000000',
    ],
    ['a number too large to be exact', '{"data":{"a":[12345678901234567890]}}', 'too large to be told from its neighbours'],
    ['anything-but with mixed values', '{"data":{"a":[{"anything-but":["x",5]}]}}', 'strings alone or numbers alone'],
    ['anything-but with null', '{"data":{"a":[{"anything-but":null}]}}', 'strings alone or numbers alone'],
    ['anything-but with nothing', '{"data":{"a":[{"anything-but":[]}]}}', 'strings alone or numbers alone'],
    ['anything-but, further', '{"data":{"a":[{"anything-but":{"numeric":["=",1]}}]}}', 'unsupported anything-but pattern "numeric"'],
    ['anything-but an empty prefix', '{"data":{"a":[{"anything-but":{"prefix":""}}]}}', 'an empty prefix is not allowed'],
    ['wildcard', '{"data":{"a":[{"wildcard":"a**b"}]}}', 'consecutive wildcard characters at position 1'],
    ['wildcard with an escape', '{"data":{"a":[{"wildcard":"a\\\\b"}]}}', 'invalid escape character at position 1'],
    ['cidr without a mask', '{"data":{"a":[{"cidr":"10.0.0.0"}]}}', 'one "/" is required'],
    ['cidr with a long mask', '{"data":{"a":[{"cidr":"10.0.0.0/32"}]}}', 'IPv4 mask bits must be below 32'],
    ['cidr with a long mask', '{"data":{"a":[{"cidr":"2001:db8::/128"}]}}', 'IPv6 mask bits must be below 128'],
    ['cidr without an address', '{"data":{"a":[{"cidr":"10.0.0.256/8"}]}}', '"10.0.0.256" is not an IP address'],
    ['$or without a list', '{"$or":{"data":{"a":[1]}}}', 'Pattern.$or: $or takes an array of objects'],
    ['$or of one', '{"$or":[{"data":{"a":[1]}}]}', '$or needs at least 2 objects, and has 1'],
    ['$or of something else', '{"$or":[{"data":{"a":[1]}},5]}', 'only JSON objects are allowed in $or, and there is 5'],
    ['$or with an operator as a name', '{"data":{"$or":[{"prefix":["x"]},{"a":[1]}]}}', 'Pattern.data.prefix: prefix is a reserved word'],
    ['a field twice', '{"data":{"a":[1],"$or":[{"a":[2]},{"b":[2]}]}}', 'Pattern.data.a: a field cannot be there several times'],
    ['too many alternatives', JSON.stringify({ data: { x: or(11), y: or(10), z: or(10) } }), 'are 1100, and at most 1000 are allowed'],
    ['a long pattern', JSON.stringify({ data: { a: ['x'.repeat(4097)] } }), 'at most 4096 characters are allowed'],
  ])('%s: %s', (_, Pattern, message) => {
    const compile = () => compileFilterCriteria({ Filters: [{ Pattern }] })
    expect(compile).toThrow('Invalid filter pattern definition. FilterCriteria.Filters[0].Pattern')
    expect(compile).toThrow(message)
  })

  it('a filter without a pattern, and more than ten filters', () => {
    expect(() => compileFilterCriteria({ Filters: [{}] })).toThrow('FilterCriteria.Filters[0].Pattern: a JSON text is needed')
    const filter = { Pattern: '{"data":{"a":[1]}}' }
    expect(() => compileFilterCriteria({ Filters: Array.from({ length: 11 }, () => filter) })).toThrow(
      'at most 10 filters are allowed, and there are 11',
    )
  })
})

describe('filters of a Kafka topic', () => {
  const of = (text: string, nullValue = false): StreamRecord => ({
    ...record(text),
    headers: { kafka: { timestampType: 'CREATE_TIME', ...(nullValue ? { nullValue } : {}) } },
  })
  const passes = (pattern: object, it: StreamRecord) =>
    compileFilterCriteria({ Filters: [{ Pattern: JSON.stringify(pattern) }] }, 'kafka')?.matches(it)

  it('look at the value, as JSON or as text', () => {
    expect(passes({ value: { level: ['error'] } }, of('{"level":"error"}'))).toBe(true)
    expect(passes({ value: { level: ['error'] } }, of('plain'))).toBe(false)
    expect(passes({ value: [{ prefix: 'pl' }] }, of('plain'))).toBe(true)
    expect(passes({ value: [{ prefix: 'pl' }] }, of('other'))).toBe(false)
    expect(passes({ value: [{ prefix: '' }] }, of('', true))).toBe(false)
  })

  it('know nothing else of a record', () => {
    expect(() => passes({ data: { a: [1] } }, of('{}'))).toThrow(/filtered by their value alone/)
    expect(() => compileFilterCriteria({ Filters: [{ Pattern: '{"value":["a"]}' }] }, 'stream')).toThrow(/have no value/)
  })
})
