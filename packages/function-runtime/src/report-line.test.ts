import { describe, expect, it } from 'vitest'
import { invocationReport, reportLine } from './report-line.ts'

describe('reportLine', () => {
  it('reads as Lambda writes it', () => {
    expect(reportLine('r', invocationReport(1.234, undefined, 128, 66.2 * 1_048_576))).toBe(
      'REPORT RequestId: r\tDuration: 1.23 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 67 MB\t',
    )
  })

  it('bills initialisation, and says how an invocation ended', () => {
    const report = invocationReport(3_000, 120.5, 512, 1)
    expect(report.billedDurationMs).toBe(3_121)
    expect(reportLine('r', report, { status: 'timeout' })).toBe(
      'REPORT RequestId: r\tDuration: 3000.00 ms\tBilled Duration: 3121 ms\tMemory Size: 512 MB\tMax Memory Used: 1 MB\tInit Duration: 120.50 ms\tStatus: timeout\t',
    )
    expect(reportLine('r', report, { status: 'error', errorType: 'Runtime.ExitError' })).toContain(
      'Status: error\tError Type: Runtime.ExitError\t',
    )
  })

  it('bills a millisecond at least', () => {
    expect(invocationReport(0, undefined, 128, 0).billedDurationMs).toBe(1)
  })
})
