/**
 * Ids that follow each other: `prefix` and the numbers from `first` on, as in `k3x9-a`, `k3x9-b`. Ids of records are a producer's or a shard's
 * numbers in base 36 (see `recordId` of the stream), so that a bulk is a few runs, and uniqueness costs next to nothing per document.
 * An id of another form is a run of its own: the id as `prefix`, and `first` = -1.
 */
export interface IdRun {
  readonly prefix: string
  readonly first: number
  length: number
}

/** The runs of the ids, in their order. */
export function idRuns(ids: readonly string[]): IdRun[] {
  const runs: IdRun[] = []
  let run: IdRun | undefined
  for (const id of ids) {
    if (run !== undefined && run.first >= 0 && id === idOf(run.prefix, run.first + run.length)) {
      run.length++
    } else {
      run = startRun(id)
      runs.push(run)
    }
  }
  return runs
}

/** The run of one id. */
export function startRun(id: string): IdRun {
  const dash = id.lastIndexOf('-')
  const digits = id.slice(dash + 1)
  if (dash > 0 && digits.length > 0 && digits.length <= 10) {
    const first = Number.parseInt(digits, 36)
    const prefix = id.slice(0, dash)
    // Only an id that comes out as it went in: no sign, no leading zeros, no capitals.
    if (first >= 0 && idOf(prefix, first) === id) return { prefix, first, length: 1 }
  }
  return { prefix: id, first: -1, length: 1 }
}

function idOf(prefix: string, number: number): string {
  return `${prefix}-${number.toString(36)}`
}
