/** What a run was asked for; a benchmark says in its file which of these it knows. */
export interface BenchmarkOptions {
  readonly minutes?: number
  readonly records?: number
  readonly repeats?: number
  /** One part of it. */
  readonly only?: string
}

/** What a benchmark found. */
export interface BenchmarkResult {
  readonly measures: readonly Measure[]
}

export interface Measure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** What is asked for, where something is: `>= 60000`. */
  readonly target?: string
  readonly met?: boolean
}

/** A measure with a target: `atLeast` or `atMost`. */
export function measure(
  name: string,
  value: number,
  unit: string,
  target?: { readonly atLeast: number } | { readonly atMost: number },
): Measure {
  if (target === undefined) return { name, value, unit }
  return 'atLeast' in target
    ? { name, value, unit, target: `>= ${target.atLeast}`, met: value >= target.atLeast }
    : { name, value, unit, target: `<= ${target.atMost}`, met: value <= target.atMost }
}

/** Value at a quantile of unsorted numbers. */
export function quantile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(at * sorted.length) - 1)] ?? Number.NaN
}

/** Prints a report as a table. */
export function printTable(
  report: BenchmarkResult & { readonly benchmark: string | undefined; readonly date: string; readonly machine: object },
): void {
  console.log(`\n${report.benchmark}  ${report.date}  ${JSON.stringify(report.machine)}\n`)
  const width = Math.max(...report.measures.map((entry) => entry.name.length))
  for (const { name, value, unit, target, met } of report.measures) {
    const figure = value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 2 : 0 })
    const verdict = target === undefined ? '' : `  asked ${target}${met ? '' : '  NOT REACHED'}`
    console.log(`  ${name.padEnd(width)}  ${figure.padStart(12)} ${unit.padEnd(10)}${verdict}`)
  }
}
