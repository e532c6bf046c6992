import { describe, expect, it } from 'vitest'
import { IsoText } from './iso-text.ts'
import { timeOf } from './time-of.ts'
import { TimestampScanner } from './timestamp-scanner.ts'
import { TimeZone } from './time-zone.ts'

function scanner(zone: string, reference: string): TimestampScanner {
  const made = new TimestampScanner(new TimeZone(zone))
  made.reference = Date.parse(reference)
  return made
}

describe('TimestampScanner', () => {
  it.each([
    ['2026-11-21T09:31:00.123456789Z', '2026-11-21T09:31:00.123Z'],
    ['2026-11-21 09:31:00,5', '2026-11-21T08:31:00.500Z'],
    ['2026-07-21 09:31:00', '2026-07-21T07:31:00.000Z'],
    ['2026-11-21T09:31:00-0530', '2026-11-21T15:01:00.000Z'],
    ['2026-11-21T09:31:00+01', '2026-11-21T08:31:00.000Z'],
    ['2026-11-21 09:31:00 +0200', '2026-11-21T07:31:00.000Z'],
    ['2026/11/21 09:31', '2026-11-21T08:31:00.000Z'],
    ['2026-12-31T23:59:60Z', '2027-01-01T00:00:00.000Z'],
    ['21/Nov/2026:09:31:00 -0700', '2026-11-21T16:31:00.000Z'],
    ['Nov  2 09:31:00', '2026-11-02T08:31:00.000Z'],
    ['Nov 22 09:31:00', '2026-11-22T08:31:00.000Z'],
    ['Nov 23 09:31:00', '2025-11-23T08:31:00.000Z'],
    ['Nov 21 2024 09:31:00', '2024-11-21T08:31:00.000Z'],
    ['Sat Nov 21 09:31:00.25 2026', '2026-11-21T08:31:00.250Z'],
    ['Sat, 21 Nov 2026 09:31:00 GMT', '2026-11-21T09:31:00.000Z'],
    ['21-Nov-2026 09:31:00.123', '2026-11-21T08:31:00.123Z'],
    ['21.11.2026 9:31:00', '2026-11-21T08:31:00.000Z'],
    ['09:31:00.123', '2026-11-21T08:31:00.123Z'],
  ])('reads %s', (text, expected) => {
    const scan = scanner('Europe/Berlin', '2026-11-21T12:00:00Z')
    expect(new Date(scan.any(`>${text}`, 1)).toISOString()).toBe(expected)
    expect(scan.end).toBe(text.length + 1)
  })

  it.each([
    '2026-02-29T00:00:00Z',
    '2026-11-31 00:00:00',
    '2026-11-21T24:00:00Z',
    '2026-11-21',
    '32/Nov/2026:00:00:00 +0000',
    'Nov 21',
    'Nov 31 00:00:00',
    '12:00',
    '',
  ])('does not read %s', (text) => {
    expect(scanner('UTC', '2026-11-21T12:00:00Z').any(text, 0)).toBeNaN()
  })

  it('reads the same second again, and what only begins like it', () => {
    const made = scanner('Europe/Berlin', '2026-11-21T12:00:00Z')
    const texts = [
      '21/Nov/2026:09:31:00 +0100',
      '21/Nov/2026:09:31:00 +0100',
      '21/Nov/2026:09:31:00 +0200',
      '21/Nov/2026:09:31:00.12345',
      '21/Nov/2026:09:31:00.1234567',
      '21/Nov/2026:09:31:00',
    ]
    expect(texts.map((text) => [new Date(made.commonLog(`- [${text}]`, 3)).toISOString(), made.end - 3])).toEqual([
      ['2026-11-21T08:31:00.000Z', 26],
      ['2026-11-21T08:31:00.000Z', 26],
      ['2026-11-21T07:31:00.000Z', 26],
      ['2026-11-21T08:31:00.123Z', 26],
      ['2026-11-21T08:31:00.123Z', 28],
      ['2026-11-21T08:31:00.000Z', 20],
    ])
  })

  it('completes a year around New Year', () => {
    const january = scanner('UTC', '2027-01-01T00:00:05Z')
    expect(new Date(january.any('Dec 31 23:59:59', 0)).getUTCFullYear()).toBe(2026)
    const december = scanner('UTC', '2026-12-31T23:59:59Z')
    expect(new Date(december.any('Jan  1 00:00:01', 0)).getUTCFullYear()).toBe(2027)
  })
})

describe('TimeZone', () => {
  it('follows summer time, through the hour that is there twice and the one that is not', () => {
    const berlin = new TimeZone('Europe/Berlin')
    const at = (text: string): string => new Date(berlin.toEpoch(Date.parse(`${text}Z`))).toISOString()
    expect(at('2026-10-25T01:59:00')).toBe('2026-10-24T23:59:00.000Z')
    expect(at('2026-10-25T02:30:00')).toBe('2026-10-25T00:30:00.000Z')
    expect(at('2026-10-25T03:00:00')).toBe('2026-10-25T02:00:00.000Z')
    expect(at('2026-03-29T01:59:00')).toBe('2026-03-29T00:59:00.000Z')
    expect(at('2026-03-29T02:30:00')).toBe('2026-03-29T01:30:00.000Z')
    expect(at('2026-03-29T03:00:00')).toBe('2026-03-29T01:00:00.000Z')
  })
})

describe('timeOf', () => {
  it('tells the units of numbers apart', () => {
    const scan = scanner('UTC', '2026-11-21T12:00:00Z')
    for (const value of [
      1_795_253_460.123,
      1_795_253_460_123,
      1_795_253_460_123_456,
      Number('1795253460123456789'),
      '1795253460.123',
      '1795253460123',
    ]) {
      expect(timeOf(value, scan)).toBe(1_795_253_460_123)
    }
    for (const value of [5, -1, Number.NaN, '', 'yesterday', null, {}, '5']) expect(timeOf(value, scan)).toBeNaN()
  })
})

describe('IsoText', () => {
  it('writes as Date does', () => {
    const iso = new IsoText()
    for (const ms of [0, -1, 999, 1_000, 1_795_253_460_007, 1_795_253_460_070, 253_402_300_799_999, -62_135_596_800_000]) {
      expect(iso.of(ms)).toBe(new Date(ms).toISOString())
    }
  })
})
