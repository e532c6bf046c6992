import { describe, expect, it } from 'vitest'
import { Draft } from '../src/draft.ts'
import { formats } from '../src/formats.ts'
import { createNormalizer } from '../src/normalizer.ts'
import { TimestampScanner } from '../src/time/timestamp-scanner.ts'
import { TimeZone } from '../src/time/time-zone.ts'

const bytes = 1_048_576
const starts = [
  '',
  '{',
  '{"log":"',
  '<13>',
  '<13>1 ',
  '<13>1 - a b c d [',
  '[',
  '[Sat Nov 21 09:31:00 2026] ',
  '2026-11-21T09:31:00Z ',
  '2026-11-21 09:31:00,1 [',
  '2026/11/21 09:31:00 [error] 1#1: ',
  'Nov 21 09:31:00 ',
  'I1121 09:31:00.1 1 ',
  'a=',
  'a="',
  '192.0.2.1 - - [21/Nov/2026:09:31:00 +0000] "',
  'INFO:',
  'ERROR ',
  '\n\tat x\n',
  'Error: x\n    at a\n',
  'Traceback (most recent call last):\n',
  'panic: x\ngoroutine ',
]
const fillers = [
  ' ',
  'a',
  '[',
  ']',
  '"',
  '\\',
  '\\"',
  '\n',
  '\n ',
  '\n\tat ',
  'a.',
  'a:',
  'a=b ',
  '{"a":',
  '[a x="1"]',
  ', client: ',
  'Error: ',
  '\t',
  '9',
  '\u20ac',
  '\0',
  '] ',
  '[a] ',
  '- ',
]

// What is worse than linear takes minutes on such lines, and runs into the test's time-out.
describe('lines of 1 MiB', () => {
  it.each(starts)('starting with %j', (start) => {
    const normalizer = createNormalizer({ timeZone: 'UTC' })
    for (const filler of fillers) {
      const line = start + filler.repeat((bytes - start.length) / filler.length)
      const { source } = normalizer.normalize(Buffer.from(line), { arrivalTimestamp: 1_795_255_200_000 })
      expect(source.length).toBeGreaterThan(line.length / 4)
    }
  })

  it.each(formats.map((format) => [format.name, format] as const))('tried as %s', (_name, format) => {
    const scanner = new TimestampScanner(new TimeZone('UTC'))
    for (const start of starts) {
      for (const filler of fillers) {
        const text = start + filler.repeat(bytes / 4 / filler.length)
        format.parse(
          { text, scanner, reference: 1_795_255_200_000, path: undefined, service: undefined, readInner: undefined },
          new Draft(),
        )
      }
    }
  })
})
