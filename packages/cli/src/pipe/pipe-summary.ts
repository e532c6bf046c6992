/** How a run of the pipe ended. Lines are counted as they were read; a record may hold several, joined. */
export interface PipeSummary {
  /** Every line was accepted, and so was everything that earlier runs had left: exit code 0. */
  readonly complete: boolean
  /** Not empty ones. */
  readonly linesRead: number
  readonly emptyLines: number
  readonly acceptedLines: number
  readonly acceptedRecords: number
  /** Data of the accepted records. */
  readonly acceptedBytes: number
  readonly refusedLines: number
  /** The server's words for the first refusal. */
  readonly firstRefusal: string | undefined
  /** On disk: the next run sends them. */
  readonly spooledRecords: number
  /** Directory of those. */
  readonly spoolPath: string | undefined
  /** Neither accepted nor on disk. */
  readonly unsentLines: number
  /** Records of earlier runs that were accepted in this one. */
  readonly earlierAcceptedRecords: number
  /** What went wrong beside that: sources that cannot be read, a server that refuses everything. */
  readonly errors: readonly string[]
  readonly elapsedMs: number
}

/** The summary in a few lines for a person. */
export function formatSummary(summary: PipeSummary): string {
  const { acceptedLines, acceptedRecords, acceptedBytes, refusedLines, elapsedMs } = summary
  const records = acceptedRecords === acceptedLines ? '' : `${number(acceptedRecords)} records, `
  const seconds = (elapsedMs / 1000).toFixed(1)
  const lines = [
    `${number(acceptedLines)} line${acceptedLines === 1 ? '' : 's'} (${records}${size(acceptedBytes)}) accepted in ${seconds} s; ${number(refusedLines)} refused`,
  ]
  if (summary.firstRefusal !== undefined) lines.push(`refused: ${summary.firstRefusal}`)
  if (summary.unsentLines > 0)
    lines.push(
      `${number(summary.unsentLines)} ${summary.unsentLines === 1 ? 'line was' : 'lines were'} read and neither accepted nor spooled`,
    )
  if (summary.spooledRecords > 0) {
    lines.push(
      `${number(summary.spooledRecords)} records are in the spool ${summary.spoolPath}: the next "millrace pipe" to the same server sends them`,
    )
  }
  return [...lines, ...summary.errors].map((line) => `${line}\n`).join('')
}

export function number(value: number): string {
  return value.toLocaleString('en-US')
}

/** `3.1 MB` */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes / 1000
  let unit = 0
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${value.toFixed(1)} ${units[unit]}`
}
