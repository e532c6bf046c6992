import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ecsFields } from './ecs-fields.ts'
import { createNormalizer } from './normalizer.ts'

const normalizer = createNormalizer({ timeZone: 'Europe/Berlin' })
const context = { arrivalTimestamp: Date.UTC(2026, 0, 1), service: 'shop', path: '/var/log/x' }

function read(data: Uint8Array): { readonly format: string; readonly timestamp: number; readonly source: string; readonly document: any } {
  const log = normalizer.normalize(data, context)
  return { ...log, document: JSON.parse(log.source) }
}

const pieces = [
  '2026-11-21T09:31:00.123Z ',
  'Nov 21 09:31:00 ',
  '<13>',
  '1 ',
  '[',
  ']',
  '"',
  ' "',
  '\\',
  'INFO',
  ' - ',
  ': ',
  '=',
  'a=b ',
  '{"log":"',
  '"}',
  '{',
  '}',
  ',',
  'stdout F ',
  '192.0.2.1 - - [21/Nov/2026:09:31:00 +0000] ',
  '"GET / HTTP/1.1" 200 ',
  '2026/11/21 09:31:00 [error] 1#2: ',
  ', client: ',
  'I1121 09:31:00.1 1 a.go:1] ',
  '\n',
  '\n\tat a.b(C.java:1)',
  'Traceback (most recent call last):',
  '\ngoroutine 1',
  'panic: ',
  '\0',
  '\ud83d\ude00',
  '1795253460',
  '%',
  'Sat Nov 21 09:31:00 2026] [core:error] ',
  '10:00:00.1 [main] ERROR a.B - ',
]
const lineLike = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 14 })
  .map((parts) => parts.join(''))

/** Whether the whole line is to be found in the document: as its message, its original, or its bytes. */
function keepsLine(data: Uint8Array, document: any): boolean {
  const text = Buffer.from(data)
    .toString()
    .replace(/^\ufeff/, '')
    .replace(/\r?\n?$/, '')
  return (
    document.message === text ||
    document.event.original === text ||
    document.millrace?.original_bytes === Buffer.from(data).toString('base64')
  )
}

describe('any input', () => {
  it('becomes valid JSON with the fields that every document has', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          lineLike.map((line) => new Uint8Array(Buffer.from(line))),
        ),
        (data) => {
          const { document, timestamp, source } = read(data)
          expect(typeof document.message).toBe('string')
          expect(Date.parse(document['@timestamp'])).toBe(timestamp)
          expect(document.event.dataset).toMatch(/^[\p{L}\p{N}_][^\\/*?"<>| ,#:-]*$/u)
          expect(source.isWellFormed() && !/\\ud[89a-f]/i.test(source)).toBe(true)
          expect(normalizer.normalize(data, context).source).toBe(source)
        },
      ),
      { numRuns: 3_000 },
    )
  })

  it('is kept to the byte where its format is not known', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 60 }),
          lineLike.map((line) => new Uint8Array(Buffer.from(line))),
        ),
        (data) => {
          const { document, format } = read(data)
          fc.pre(format === 'plain' && document.error === undefined)
          expect(keepsLine(data, document)).toBe(true)
        },
      ),
      { numRuns: 3_000 },
    )
  })
})

describe('any object of JSON', () => {
  const names = fc.oneof(
    fc.constantFrom(
      'level',
      'msg',
      'time',
      'error',
      'host',
      'service',
      'a',
      'a.b',
      '__proto__',
      'user',
      'status',
      'labels',
      'process',
      'log',
      'event',
      'req',
      'name',
      'tags',
    ),
    fc.constantFrom(...ecsFields.keys()),
    fc.string(),
  )
  const { object } = fc.letrec<{ object: object; value: unknown }>((tie) => ({
    object: fc.dictionary(names, tie('value'), { maxKeys: 6 }),
    value: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue({ maxDepth: 1 }),
      tie('object'),
      fc.constantFrom('500', 500, 'text', null, true, [1, 'a'], ['a'], 1e300, 2 ** 60),
    ),
  }))

  it('becomes a document in which each name has one type', () => {
    fc.assert(
      fc.property(object, (fields) => {
        const { document, format } = read(Buffer.from(JSON.stringify(fields)))
        expect(format).toBe('json')
        for (const value of Object.values(document.labels ?? {}).flat()) expect(value === null || typeof value === 'string').toBe(true)
        for (const value of Object.values(document.numeric_labels ?? {}).flat()) expect(typeof value).toBe('number')
        for (const section of ['log', 'service', 'host', 'process', 'error', 'http', 'url', 'user', 'event']) {
          if (document[section] !== undefined) expect(Object.getPrototypeOf(document[section])).toBe(Object.prototype)
        }
        if (document.tags !== undefined) expect(Array.isArray(document.tags)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('loses no text', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          names,
          fc.string().map((text) => `x${text}`),
          { maxKeys: 8 },
        ),
        (fields) => {
          const { source, document } = read(Buffer.from(JSON.stringify(fields)))
          if (document.event.original !== undefined || document['@timestamp'] !== '2026-01-01T00:00:00.000Z') return
          const texts = new Set(textsOf(JSON.parse(source)))
          for (const [name, value] of Object.entries(fields)) {
            const changes = /^@l$|lvl|level|severity|status|method|event|ecs|host.ip/i.test(name) || ecsFields.has(name)
            if (!changes) expect(texts).toContain(value)
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(textsOf) : []
}

describe('the table of ECS fields', () => {
  it('has no name that is another one with more behind it', () => {
    const names = [...ecsFields.keys()]
    expect(names.filter((name) => names.some((other) => other.startsWith(`${name}.`)))).toEqual([])
  })
})
