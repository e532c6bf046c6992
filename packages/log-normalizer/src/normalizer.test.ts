import { describe, expect, it } from 'vitest'
import { createNormalizer, UnknownFormatError, type NormalizerOptions, type RecordContext } from './normalizer.ts'
import { UnknownTimeZoneError } from './time/time-zone.ts'

const arrivalTimestamp = Date.UTC(2026, 10, 21, 10)

function document(data: string | Uint8Array, context: Partial<RecordContext> = {}, options: NormalizerOptions = {}): Record<string, any> {
  const normalizer = createNormalizer({ timeZone: 'UTC', ...options })
  return JSON.parse(normalizer.normalize(typeof data === 'string' ? Buffer.from(data) : data, { arrivalTimestamp, ...context }).source)
}

describe('createNormalizer', () => {
  it('writes what it knows about the record', () => {
    expect(
      document('hello', { service: 'shop', host: 'web-1', path: '/var/log/shop.log', ingestedTimestamp: arrivalTimestamp + 5 }),
    ).toEqual({
      '@timestamp': '2026-11-21T10:00:00.000Z',
      ecs: { version: '9.1.0' },
      data_stream: { type: 'logs', dataset: 'generic', namespace: 'default' },
      event: { dataset: 'generic', ingested: '2026-11-21T10:00:00.005Z' },
      message: 'hello',
      service: { name: 'shop' },
      host: { name: 'web-1' },
      log: { file: { path: '/var/log/shop.log' } },
    })
  })

  it('takes the time of reading before that of arrival, and the clock where neither is a time', () => {
    expect(document('x', { readTimestamp: arrivalTimestamp - 1_500 })['@timestamp']).toBe('2026-11-21T09:59:58.500Z')
    expect(document('x', { arrivalTimestamp: Number.NaN }, { clockNow: () => 12 })['@timestamp']).toBe('1970-01-01T00:00:00.012Z')
  })

  it('keeps the original on request', () => {
    expect(document('2026-11-21 09:00:00 x\r\n', {}, { keepOriginal: true })).toMatchObject({
      message: 'x',
      event: { original: '2026-11-21 09:00:00 x' },
    })
  })

  it('names datasets and namespaces so that a data stream can be called that', () => {
    const options = { dataset: 'My App/Über-log', namespace: '-Prod' }
    expect(document('{"a":1}', {}, options)).toMatchObject({
      event: { dataset: 'my_app_über_log' },
      data_stream: { dataset: 'my_app_über_log', namespace: 'prod' },
    })
  })

  it('keeps the bytes that are not UTF-8, and no others', () => {
    const bytes = Uint8Array.of(0x61, 0xff, 0x00, 0x62, 0x0a)
    expect(document(bytes)).toMatchObject({ message: 'a\ufffd\0b', millrace: { original_bytes: Buffer.from(bytes).toString('base64') } })
    expect(document('a \ufffd written as such, \0 and a line end\n')).not.toHaveProperty('millrace')
    expect(document('\ufeff{"msg":"behind a byte order mark"}').message).toBe('behind a byte order mark')
  })

  it('reads a hinted format first and detects the rest', () => {
    expect(document('a=1', {}, { hint: 'plain' }).message).toBe('a=1')
    expect(document('{"msg":"m"}', {}, { hint: 'plain' }).message).toBe('{"msg":"m"}')
    expect(document('{"msg":"m"}', {}, { hint: 'access' }).message).toBe('m')
  })

  it('reads what a container runtime wrapped, one level deep', () => {
    const access = '192.0.2.1 - - [21/Nov/2026:09:31:00 +0000] "GET / HTTP/1.1" 200 1'
    expect(document(`2026-11-21T09:31:01.5Z stdout F ${access}`)).toMatchObject({
      '@timestamp': '2026-11-21T09:31:00.000Z',
      event: { dataset: 'nginx.access' },
      labels: { stream: 'stdout' },
    })
    const wrapped = '2026-11-21T09:31:01.5Z stdout F '
    expect(document(`${wrapped}{"log":"${wrapped}x\\n","stream":"stdout","time":"2026-11-21T09:31:01Z"}`).event.dataset).toBe('json')
    expect(document(wrapped.repeat(30_000))).toMatchObject({ '@timestamp': '2026-11-21T09:31:01.500Z' })
  })

  it('keeps a line whose fields exceed the limits', () => {
    const many = JSON.stringify(Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`field${index}`, 'x'])))
    expect(Object.keys(document(many).labels)).toHaveLength(128)
    expect(document(many).event.original).toBe(many)
    const long = JSON.stringify({ msg: 'm', ['k'.repeat(129)]: 1 })
    expect(document(long)).toMatchObject({ message: 'm', event: { original: long } })
    const deep = `{"msg":"m","a":${'{"b":'.repeat(20)}1${'}'.repeat(20)}}`
    expect(document(deep).labels).toEqual({ a_b_b_b_b_b_b_b: `${'{"b":'.repeat(13)}1${'}'.repeat(13)}` })
    const bottomless = `{"msg":"m","a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
    expect(document(bottomless)).toMatchObject({ message: 'm', event: { original: bottomless } })
  })

  it('refuses options that mean nothing', () => {
    expect(() => createNormalizer({ timeZone: 'Mars/Olympus' })).toThrow(UnknownTimeZoneError)
    expect(() => createNormalizer({ hint: 'xml' as 'json' })).toThrow(UnknownFormatError)
  })
})
