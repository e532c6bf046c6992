import type { InvocationReport } from '@millrace/function'

/** How an invocation ended, where not by an answer of its handler. */
export type ReportStatus = { readonly status: 'timeout' } | { readonly status: 'error'; readonly errorType: string }

/** Lambda's REPORT line. */
export function reportLine(requestId: string, report: InvocationReport, status?: ReportStatus): string {
  let line = `REPORT RequestId: ${requestId}\tDuration: ${report.durationMs.toFixed(2)} ms\tBilled Duration: ${report.billedDurationMs} ms\tMemory Size: ${report.memorySizeMb} MB\tMax Memory Used: ${report.maxMemoryUsedMb} MB\t`
  if (report.initDurationMs !== undefined) line += `Init Duration: ${report.initDurationMs.toFixed(2)} ms\t`
  if (status !== undefined) line += `Status: ${status.status}\t`
  if (status?.status === 'error') line += `Error Type: ${status.errorType}\t`
  return line
}

/** The figures of one invocation. Durations in milliseconds; billed is their sum in whole milliseconds, rounded up. */
export function invocationReport(
  durationMs: number,
  initDurationMs: number | undefined,
  memorySizeMb: number,
  memoryBytes: number,
): InvocationReport {
  const report = {
    durationMs,
    billedDurationMs: Math.max(1, Math.ceil(durationMs + (initDurationMs ?? 0))),
    memorySizeMb,
    maxMemoryUsedMb: Math.ceil(memoryBytes / 1_048_576),
  }
  return initDurationMs === undefined ? report : { ...report, initDurationMs }
}
