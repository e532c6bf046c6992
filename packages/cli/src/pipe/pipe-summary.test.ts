import { expect, it } from 'vitest'
import { formatSummary, type PipeSummary } from './pipe-summary.ts'

const summary: PipeSummary = {
  complete: true,
  linesRead: 12_345,
  emptyLines: 0,
  acceptedLines: 12_345,
  acceptedRecords: 12_345,
  acceptedBytes: 3_100_000,
  refusedLines: 0,
  firstRefusal: undefined,
  spooledRecords: 0,
  spoolPath: undefined,
  unsentLines: 0,
  earlierAcceptedRecords: 0,
  errors: [],
  elapsedMs: 412,
}

it('says in one line that all went well', () => {
  expect(formatSummary(summary)).toBe('12,345 lines (3.1 MB) accepted in 0.4 s; 0 refused\n')
})

it('says what became of the rest', () => {
  const text = formatSummary({
    ...summary,
    acceptedLines: 1,
    acceptedRecords: 1,
    refusedLines: 2,
    firstRefusal: 'too large',
    spooledRecords: 1_000,
    spoolPath: '/spool',
    unsentLines: 3,
    errors: ['x.log cannot be read: ENOENT'],
  })
  expect(text.split('\n')).toEqual([
    '1 line (3.1 MB) accepted in 0.4 s; 2 refused',
    'refused: too large',
    '3 lines were read and neither accepted nor spooled',
    '1,000 records are in the spool /spool: the next "millrace pipe" to the same server sends them',
    'x.log cannot be read: ENOENT',
    '',
  ])
})
