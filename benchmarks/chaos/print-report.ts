import type { ChaosReport } from './verdict.ts'

/** Prints a report for people; the verdict comes last. */
export function printReport(report: ChaosReport): void {
  const { stream, index, counters, faults, memoryPeakMiB, violations } = report
  const count = (value: number): string => value.toLocaleString('en')
  console.log(
    `\nseed ${report.seed}: ${count(report.records)} records in ${report.seconds.toFixed(0)} s; all settled ${report.catchUpSeconds.toFixed(1)} s after the last of it`,
  )
  console.log(`  index    ${count(index.total)} documents, ${count(index.distinct)} distinct`)
  console.log(
    `  stream   ${count(stream.total)} records, ${count(stream.distinct)} distinct: ${count(stream.total - stream.distinct)} were sent again after a lost answer`,
  )
  const { received, settled, deadLettered, abandoned } = counters
  console.log(
    `  mappings ${count(received)} received, ${count(settled)} settled, ${count(deadLettered)} dead-lettered, ${count(abandoned)} abandoned (killed processes: as they last said)`,
  )
  console.log(`  memory   millrace up: ${memoryPeakMiB.millrace.join(', ')} MiB at most; pipe: ${memoryPeakMiB.pipes.join(', ')} MiB`)
  console.log('  faults')
  for (const { fault, atSeconds, awaySeconds, caughtUpSeconds, skipped } of faults) {
    const after =
      caughtUpSeconds === undefined
        ? skipped === undefined
          ? 'not caught up before the end'
          : 'not done'
        : `caught up ${caughtUpSeconds.toFixed(1)} s later`
    console.log(`    ${atSeconds.toFixed(1).padStart(6)} s  ${fault.padEnd(52)} away ${awaySeconds.toFixed(1).padStart(5)} s, ${after}`)
  }
  if (violations.length === 0) console.log('\nNothing was lost, doubled or out of order.')
  else console.log(`\nVIOLATED:\n${violations.map((violation) => `  - ${violation}`).join('\n')}`)
}
