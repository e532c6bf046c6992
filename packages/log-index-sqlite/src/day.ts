/*
 * One database file per UTC day of `@timestamp`, so that retention drops files and a search of a time range opens few. Times before 2000 and from
 * 2100 on are garbage more often than not: they share one file, so that nonsense cannot make files without end.
 */

export const millisecondsPerDay = 86_400_000
const ordinaryFrom = Date.UTC(2000, 0, 1)
const ordinaryTo = Date.UTC(2100, 0, 1)

/** The name of the file of a time: `2026-11-21`, or `other`. */
export function dayOf(timestamp: number): string {
  if (!(timestamp >= ordinaryFrom && timestamp < ordinaryTo)) return 'other'
  return new Date(timestamp).toISOString().slice(0, 10)
}

/** The times that a file may hold, from inclusive, to exclusive. */
export function daySpan(day: string): { readonly from: number; readonly to: number } {
  if (day === 'other') return { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }
  const from = Date.parse(day)
  return { from, to: from + millisecondsPerDay }
}

/** The day of a database file's name; undefined for any other file. */
export function dayOfFile(fileName: string): string | undefined {
  return /^(\d{4}-\d\d-\d\d|other)\.db$/.exec(fileName)?.[1]
}
