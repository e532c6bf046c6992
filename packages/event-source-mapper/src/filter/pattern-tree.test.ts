import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePattern } from './parse-pattern.ts'
import { PatternTree } from './pattern-tree.ts'

function matches(pattern: unknown, event: unknown): boolean {
  return parsePattern(pattern, 'Pattern').some((branch) => new PatternTree(branch).matches(event))
}

type Row = readonly [source: string, pattern: unknown, event: unknown, expected: boolean]

// EB: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
// ER: README.md of https://github.com/aws/event-ruler, by section
const rows: readonly Row[] = [
  ['EB, Equals', { Name: ['Alice'] }, { Name: 'Alice' }, true],
  ['EB, Equals', { Name: ['Alice'] }, { Name: 'alice' }, false],
  ['EB, Equals', { Name: ['Alice'] }, { Name: 'Alice ' }, false],
  ['EB, Equals', { Name: ['Alice'] }, {}, false],
  ['EB, And', { Location: ['New York'], Day: ['Monday'] }, { Location: 'New York', Day: 'Monday' }, true],
  ['EB, And', { Location: ['New York'], Day: ['Monday'] }, { Location: 'New York', Day: 'Tuesday' }, false],
  ['EB, Or', { PaymentType: ['Credit', 'Debit'] }, { PaymentType: 'Debit' }, true],
  ['EB, Or', { PaymentType: ['Credit', 'Debit'] }, { PaymentType: 'Cash' }, false],
  ['EB, Null', { UserID: [null] }, { UserID: null }, true],
  ['EB, Null', { UserID: [null] }, { UserID: '' }, false],
  ['EB, Null', { UserID: [null] }, {}, false],
  ['EB, Empty', { LastName: [''] }, { LastName: '' }, true],
  ['EB, Empty', { LastName: [''] }, { LastName: null }, false],
  ['ER, JSON text matching', { xyz: [true] }, { xyz: true }, true],
  ['ER, JSON text matching', { xyz: [true] }, { xyz: 'true' }, false],
  ['ER, JSON text matching', { xyz: [5] }, { xyz: '5' }, false],
  ['ER, Numeric matching', { x: [300] }, { x: 3.0e2 }, true],
  ['ER, Numeric matching', { x: [0] }, JSON.parse('{"x":-0}'), true],
  ['ER, Numeric matching', { x: [123456789012] }, { x: 123456789012 }, true],
  ['EB, Numeric (equals)', { Price: [{ numeric: ['=', 100] }] }, { Price: 100 }, true],
  ['EB, Numeric (equals)', { Price: [{ numeric: ['=', 100] }] }, { Price: '100' }, false],
  ['EB, Numeric (range)', { Price: [{ numeric: ['>', 10, '<=', 20] }] }, { Price: 10 }, false],
  ['EB, Numeric (range)', { Price: [{ numeric: ['>', 10, '<=', 20] }] }, { Price: 10.000001 }, true],
  ['EB, Numeric (range)', { Price: [{ numeric: ['>', 10, '<=', 20] }] }, { Price: 20 }, true],
  ['EB, Numeric (range)', { Price: [{ numeric: ['>=', 10, '<', 20] }] }, { Price: 10 }, true],
  ['EB, Numeric (range)', { Price: [{ numeric: ['>=', 10, '<', 20] }] }, { Price: 20 }, false],
  ['ER, Numeric matching', { d: [{ numeric: ['<', 10] }] }, { d: 9 }, true],
  ['ER, Numeric matching', { d: [{ numeric: ['<', 10] }] }, { d: null }, false],
  ['ER, Numeric matching', { d: [{ numeric: ['<=', 10] }] }, { d: 10 }, true],
  ['ER, Numeric matching', { d: [{ numeric: ['>', 10] }] }, { d: 11 }, true],
  ['ER, Numeric matching: at most 5.0e9', { d: [{ numeric: ['>', 10] }] }, { d: 1_700_000_000_000 }, false],
  ['ER, Numeric matching: at least -5.0e9', { d: [{ numeric: ['<', 10] }] }, { d: -6e9 }, false],
  ['ER, Numeric matching: 5.0e9 inclusive', { d: [{ numeric: ['>=', 5e9] }] }, { d: 5e9 }, true],
  ['EB, Begins with', { Region: [{ prefix: 'us-' }] }, { Region: 'us-east-1' }, true],
  ['EB, Begins with', { Region: [{ prefix: 'us-' }] }, { Region: 'eu-us-1' }, false],
  ['ER, Prefix matching: strings only', { Region: [{ prefix: '1' }] }, { Region: 12 }, false],
  ['ER, Prefix matching', { Region: [{ prefix: '' }] }, { Region: '' }, true],
  ['EB, Begins with (ignore case)', { service: [{ prefix: { 'equals-ignore-case': 'eventb' } }] }, { service: 'EventBridge' }, true],
  ['EB, Begins with (ignore case)', { service: [{ prefix: { 'equals-ignore-case': 'eventb' } }] }, { service: 'Event' }, false],
  ['EB, Ends with', { FileName: [{ suffix: '.png' }] }, { FileName: 'a.png' }, true],
  ['EB, Ends with', { FileName: [{ suffix: '.png' }] }, { FileName: 'a.png.gz' }, false],
  ['EB, Ends with (ignore case)', { service: [{ suffix: { 'equals-ignore-case': 'tbridge' } }] }, { service: 'EVENTBRIDGE' }, true],
  ['EB, Ends with (ignore case)', { service: [{ suffix: { 'equals-ignore-case': 'tbridge' } }] }, { service: 'bridge' }, false],
  ['EB, Equals (ignore case)', { Name: [{ 'equals-ignore-case': 'alice' }] }, { Name: 'ALICE' }, true],
  ['EB, Equals (ignore case)', { Name: [{ 'equals-ignore-case': 'alice' }] }, { Name: 'ALICE1' }, false],
  ['ER, Simple matching', { Name: [{ exactly: 'Alice' }] }, { Name: 'Alice' }, true],
  ['EB, Exists', { ProductName: [{ exists: true }] }, { ProductName: null }, true],
  ['EB, Exists', { ProductName: [{ exists: true }] }, {}, false],
  ['EB, Does not exist', { ProductName: [{ exists: false }] }, {}, true],
  ['EB, Does not exist', { ProductName: [{ exists: false }] }, { ProductName: null }, false],
  ['ER, Exists matching: leaf nodes only', { d: { c: [{ exists: true }] } }, { d: { c: { c1: 100 } } }, false],
  ['ER, Exists matching: leaf nodes only', { d: { c: [{ exists: false }] } }, { d: { c: { c1: 100 } } }, true],
  ['ER, Exists matching', { d: { c: [{ exists: false }] } }, {}, true],
  ['ER, Exists matching', { d: { c: [{ exists: false }] } }, { d: 5 }, true],
  ['ER, Exists matching', { d: { c: [{ exists: false }], e: [1] } }, { d: { e: 1 } }, true],
  ['ER, Exists matching, or a value', { d: ['x', { exists: false }] }, {}, true],
  ['ER, Exists matching, or a value', { d: ['x', { exists: false }] }, { d: 'x' }, true],
  ['ER, Exists matching, or a value', { d: ['x', { exists: false }] }, { d: 'y' }, false],
  ['EB, Not', { Weather: [{ 'anything-but': ['Raining'] }] }, { Weather: 'Sunny' }, true],
  ['EB, Not', { Weather: [{ 'anything-but': ['Raining'] }] }, { Weather: 'Raining' }, false],
  ['EB, Anything-but: the field has to be there', { Weather: [{ 'anything-but': ['Raining'] }] }, {}, false],
  ['EB, Anything-but', { state: [{ 'anything-but': 'initializing' }] }, { state: 'running' }, true],
  ['EB, Anything-but', { state: [{ 'anything-but': ['stopped', 'overloaded'] }] }, { state: 'overloaded' }, false],
  ['ER, Anything-but: numbers', { 'x-limit': [{ 'anything-but': [100, 200, 300] }] }, { 'x-limit': 200.0 }, false],
  ['ER, Anything-but: numbers', { 'x-limit': [{ 'anything-but': 123 }] }, { 'x-limit': 124 }, true],
  ['ER, Anything-but: a string is no number', { 'x-limit': [{ 'anything-but': 123 }] }, { 'x-limit': '123' }, true],
  ['ER, Anything-but: a number is no string', { state: [{ 'anything-but': 'x' }] }, { state: null }, true],
  ['EB, Anything-but (begins with)', { Region: [{ 'anything-but': { prefix: 'us-' } }] }, { Region: 'us-east-1' }, false],
  ['EB, Anything-but (begins with)', { Region: [{ 'anything-but': { prefix: ['us-', 'eu-'] } }] }, { Region: 'ap-south-1' }, true],
  ['EB, Anything-but (begins with)', { Region: [{ 'anything-but': { prefix: ['us-', 'eu-'] } }] }, { Region: 'eu-west-1' }, false],
  ['EB, Anything-but (ends with)', { FileName: [{ 'anything-but': { suffix: '.png' } }] }, { FileName: 'a.png' }, false],
  ['EB, Anything-but (ends with)', { FileName: [{ 'anything-but': { suffix: '.png' } }] }, { FileName: 'a.txt' }, true],
  [
    'EB, Anything-but (ignore case)',
    { state: [{ 'anything-but': { 'equals-ignore-case': ['initializing', 'stopped'] } }] },
    { state: 'STOPPED' },
    false,
  ],
  ['EB, Anything-but (ignore case)', { state: [{ 'anything-but': { 'equals-ignore-case': 'initializing' } }] }, { state: 'running' }, true],
  ['EB, Anything-but using a wildcard', { FilePath: [{ 'anything-but': { wildcard: '*/lib/*' } }] }, { FilePath: '/usr/lib/x' }, false],
  [
    'EB, Anything-but using a wildcard',
    { FilePath: [{ 'anything-but': { wildcard: ['*/lib/*', '*.so'] } }] },
    { FilePath: '/bin/x' },
    true,
  ],
  [
    'EB, Wildcard',
    { EventBusArn: [{ wildcard: 'arn:aws:events:us-east-1:*:event-bus/*' }] },
    { EventBusArn: 'arn:aws:events:us-east-1:1:event-bus/x' },
    true,
  ],
  ['EB, Wildcard', { FileName: [{ wildcard: 'dir/*.png' }] }, { FileName: 'dir/.png' }, true],
  ['EB, Wildcard', { FileName: [{ wildcard: 'dir/*.png' }] }, { FileName: 'dir/x.gif' }, false],
  ['EB, Wildcard', { FileName: [{ wildcard: 'a*a' }] }, { FileName: 'a' }, false],
  ['EB, Wildcard', { FileName: [{ wildcard: '*' }] }, { FileName: '' }, true],
  ['EB, Wildcard', { FileName: [{ wildcard: '*b*c*' }] }, { FileName: 'acb' }, false],
  ['EB, Wildcard', { FileName: [{ wildcard: '*b*bc' }] }, { FileName: 'abc' }, false],
  ['EB, Wildcard', { FileName: [{ wildcard: 'plain' }] }, { FileName: 'plain' }, true],
  ['ER, Wildcard matching: escapes', { FileName: [{ wildcard: 'a\\*b\\\\*' }] }, { FileName: 'a*b\\c' }, true],
  ['ER, Wildcard matching: escapes', { FileName: [{ wildcard: 'a\\*b\\\\*' }] }, { FileName: 'axb\\c' }, false],
  ['ER, Wildcard matching: strings only', { FileName: [{ wildcard: '*' }] }, { FileName: 5 }, false],
  ['ER, IP address matching', { ip: [{ cidr: '10.0.0.0/24' }] }, { ip: '10.0.0.33' }, true],
  ['ER, IP address matching', { ip: [{ cidr: '10.0.0.0/24' }] }, { ip: '10.0.1.0' }, false],
  ['ER, IP address matching', { ip: [{ cidr: '10.0.0.0/8' }] }, { ip: '10.255.255.255' }, true],
  ['ER, IP address matching', { ip: [{ cidr: '0.0.0.0/0' }] }, { ip: '255.255.255.255' }, true],
  ['ER, IP address matching', { ip: [{ cidr: '192.168.130.0/23' }] }, { ip: '192.168.131.255' }, true],
  ['ER, IP address matching', { ip: [{ cidr: '192.168.130.0/23' }] }, { ip: '192.168.132.0' }, false],
  ['ER, IP address matching', { ip: [{ cidr: '10.0.0.0/8' }] }, { ip: 'not an address' }, false],
  ['ER, IP address matching', { ip: [{ cidr: '10.0.0.0/8' }] }, { ip: '::1' }, false],
  ['ER, CIDR.java: from the written address on', { ip: [{ cidr: '10.0.0.9/24' }] }, { ip: '10.0.0.8' }, false],
  ['ER, IP address matching: IPv6', { ip: [{ cidr: '2001:db8::/32' }] }, { ip: '2001:db8:ffff::1' }, true],
  ['ER, IP address matching: IPv6', { ip: [{ cidr: '2001:db8::/32' }] }, { ip: '2001:db9::' }, false],
  ['ER, IP address matching: IPv6', { ip: [{ cidr: '::/0' }] }, { ip: '::' }, true],
  ['ER, CIDR.java: spellings of an address', { ip: ['2001:db8::1'] }, { ip: '2001:0DB8:0:0:0:0:0:1' }, true],
  ['EB, Or (multiple fields)', { $or: [{ Location: ['New York'] }, { Day: ['Monday'] }] }, { Location: 'Paris', Day: 'Monday' }, true],
  ['EB, Or (multiple fields)', { $or: [{ Location: ['New York'] }, { Day: ['Monday'] }] }, { Location: 'Paris', Day: 'Friday' }, false],
  ['ER, "Or" has an "And" inside', { s: ['x'], $or: [{ m: [1] }, { t: [1], n: [2] }] }, { s: 'x', t: 1, n: 2 }, true],
  ['ER, "Or" has an "And" inside', { s: ['x'], $or: [{ m: [1] }, { t: [1], n: [2] }] }, { s: 'x', t: 1 }, false],
  ['ER, "Or" has an "And" inside', { s: ['x'], $or: [{ m: [1] }, { t: [1], n: [2] }] }, { s: 'y', m: 1 }, false],
  ['ER, Parallel "Or"', { $or: [{ m: [1] }, { n: [1] }], d: { $or: [{ s: [1] }, { t: [1] }] } }, { n: 1, d: { s: 1 } }, true],
  ['ER, Parallel "Or"', { $or: [{ m: [1] }, { n: [1] }], d: { $or: [{ s: [1] }, { t: [1] }] } }, { n: 1, d: { s: 2 } }, false],
  ['ER, Nested "Or" and "And"', { $or: [{ m: [1] }, { t: [1], $or: [{ i: [1] }, { j: [1] }] }] }, { t: 1, j: 1 }, true],
  ['ER, Nested "Or" and "And"', { $or: [{ m: [1] }, { t: [1], $or: [{ i: [1] }, { j: [1] }] }] }, { t: 1 }, false],
  ['ER, Simple matching: arrays intersect', { resources: ['b', 'c'] }, { resources: ['a', 'b'] }, true],
  ['ER, Simple matching: arrays intersect', { resources: ['c'] }, { resources: ['a', 'b'] }, false],
  ['ER, Simple matching: anything-but of an array', { resources: [{ 'anything-but': 'a' }] }, { resources: ['a', 'b'] }, true],
  ['ER, Simple matching: anything-but of an array', { resources: [{ 'anything-but': 'a' }] }, { resources: ['a', 'a'] }, false],
  ['ER, JSON array matching', { employees: { firstName: ['Anna'] } }, { employees: [{ firstName: 'John' }, { firstName: 'Anna' }] }, true],
  [
    'ER, JSON array matching: several levels',
    { employees: { firstName: ['Anna'] } },
    { employees: [[{ firstName: 'John' }], [{ firstName: 'Anna' }]] },
    true,
  ],
  [
    'ER, JSON array matching: one element',
    { e: { f: ['Anna'], l: ['Jones'] } },
    {
      e: [
        { f: 'Anna', l: 'Smith' },
        { f: 'Peter', l: 'Jones' },
      ],
    },
    false,
  ],
  [
    'ER, JSON array matching: one element',
    { e: { f: ['Anna'], l: ['Smith'] } },
    {
      e: [
        { f: 'John', l: 'Doe' },
        { f: 'Anna', l: 'Smith' },
      ],
    },
    true,
  ],
  ['ER, JSON array matching: an empty array is no field', { e: [{ exists: false }] }, { e: [] }, true],
  ['ER, JSON array matching: an empty object is no field', { e: [{ exists: true }] }, { e: {} }, false],
  ['ER, absence in the chosen element', { e: { f: ['Anna'], x: [{ exists: false }] } }, { e: [{ f: 'Anna' }, { f: 'Peter', x: 1 }] }, true],
  ['ER, absence in all elements where none is chosen', { e: { x: [{ exists: false }] } }, { e: [{ f: 'Anna' }, { x: 1 }] }, false],
  [
    'ER, absence in all elements where none is chosen yet',
    { e: { a: [{ exists: false }], f: ['Anna'] } },
    { e: [{ f: 'Anna' }, { a: 1 }] },
    false,
  ],
  ['names that objects inherit', { constructor: [{ exists: false }], toString: { name: [{ exists: false }] } }, {}, true],
  ['names that objects inherit', { constructor: ['x'] }, JSON.parse('{"constructor":"x"}'), true],
  ['names that objects inherit', { ['__proto__x']: ['x'] }, { ['__proto__x']: 'x' }, true],
  ['names with dots', { 'log.level': ['error'] }, { 'log.level': 'error' }, true],
]

describe('patterns', () => {
  it.each(rows)('%s: %j on %j is %s', (_, pattern, event, expected) => {
    expect(matches(pattern, event)).toBe(expected)
  })

  it('takes time in proportion to a value that is made to make a wildcard search long', () => {
    const pattern = { a: [{ wildcard: `${'*a'.repeat(1000)}*b` }] }
    expect(matches(pattern, { a: 'a'.repeat(1_000_000) })).toBe(false)
  })

  it('takes time in proportion to a record that is made of arrays', () => {
    const pattern = { a: { v: [1] }, b: { v: [1] }, c: { v: [1], z: { exists: [{ exists: false }] } }, d: { v: [1], w: [2] } }
    const array = Array.from({ length: 10_000 }, () => ({ v: 1 }))
    expect(matches(pattern, { a: array, b: array, c: array, d: array })).toBe(false)
  })
})

/** The definition, word for word: every way of giving a value to each field, in the order of the names, with one element for each array. */
function naive(fields: readonly { name: string; test: (value: unknown) => boolean; absent: boolean }[], event: unknown): boolean {
  const values: { name: string; value: unknown; membership: ReadonlyMap<unknown, number> }[] = []
  const flatten = (value: unknown, path: readonly string[], membership: ReadonlyMap<unknown, number>): void => {
    if (Array.isArray(value)) {
      for (const [index, element] of value.entries()) {
        const inObject = typeof element === 'object' && element !== null
        flatten(element, path, inObject ? new Map([...membership, [value, index]]) : membership)
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) flatten(member, [...path, key], membership)
    } else {
      values.push({ name: path.join('.'), value, membership })
    }
  }
  flatten(event, [], new Map())
  const agree = (left: ReadonlyMap<unknown, number>, right: ReadonlyMap<unknown, number>) =>
    [...left].every(([array, index]) => (right.get(array) ?? index) === index)
  const sorted = [...fields].sort((left, right) => (left.name < right.name ? -1 : 1))
  const search = (at: number, chosen: ReadonlyMap<unknown, number>): boolean => {
    const field = sorted[at]
    if (field === undefined) return true
    const there = values.filter(({ name, membership }) => name === field.name && agree(chosen, membership))
    if (field.absent) return there.length === 0 && search(at + 1, chosen)
    return there.some(({ value, membership }) => field.test(value) && search(at + 1, new Map([...chosen, ...membership])))
  }
  return search(0, new Map())
}

describe('patterns on any event', () => {
  const inner = ['a', 'b']
  const leaves = ['x', 'y', 'ax']
  const leafTest = fc.constantFrom<unknown[]>(
    [1],
    [2],
    [1, 2],
    [{ exists: true }],
    [{ exists: false }],
    [{ 'anything-but': 1 }],
    [{ numeric: ['>', 1] }],
  )
  const pattern = fc.letrec((tie) => ({
    object: fc.oneof(
      { maxDepth: 3 },
      fc.dictionary(fc.constantFrom(...leaves), leafTest, { minKeys: 1, maxKeys: 3 }),
      fc
        .tuple(
          fc.dictionary(fc.constantFrom(...leaves), leafTest, { maxKeys: 2 }),
          fc.dictionary(fc.constantFrom(...inner), tie('object'), { minKeys: 1, maxKeys: 2 }),
        )
        .map(([left, right]) => ({ ...left, ...(right as object) })),
    ),
  })).object
  const event = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      fc.constantFrom<unknown>(1, 2, 3, null, '1'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...inner, ...leaves), tie('value'), { maxKeys: 5 }),
      fc.dictionary(fc.constantFrom(...inner, ...leaves), tie('value'), { maxKeys: 5 }),
    ),
  })).value

  it('mean what the definition says', () => {
    const outcomes = { true: 0, false: 0 }
    fc.assert(
      fc.property(pattern, event, (one, value) => {
        const [branch = []] = parsePattern(one, 'Pattern')
        const fields = branch.map(({ path, test }) => ({
          name: path.join('.'),
          test: (scalar: unknown) => test.values?.(scalar as string) ?? false,
          absent: test.absent,
        }))
        const expected = naive(fields, value)
        outcomes[`${expected}`]++
        expect(new PatternTree(branch).matches(value)).toBe(expected)
      }),
      { numRuns: 5000 },
    )
    expect(Math.min(outcomes.true, outcomes.false)).toBeGreaterThan(200)
  })

  it('find wildcards as a regular expression does', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '\\'), maxLength: 12 })
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 2 }), { minLength: 1, maxLength: 4 }),
        text,
        (parts, value) => {
          const wildcard = parts.filter((part, index) => part !== '' || index === 0 || index === parts.length - 1).join('*')
          fc.pre(!wildcard.includes('**'))
          const expected = new RegExp(`^${wildcard.replaceAll('*', '[^]*')}$`).test(value)
          expect(matches({ a: [{ wildcard }] }, { a: value })).toBe(expected)
        },
      ),
      { numRuns: 2000 },
    )
  })
})
