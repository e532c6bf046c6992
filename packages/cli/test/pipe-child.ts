import { startPipe } from './pipe-run.ts'

// A pipe in a process of its own, for tests that kill it: URL and spool directory are its arguments.
const [url, spoolDirectory] = process.argv.slice(2) as [string, string]
const { summary } = startPipe(
  url,
  process.stdin,
  { spoolDirectory, batchRecordsMax: 20, spoolSegmentBytesMax: 5_000 },
  { stderr: process.stderr },
)
process.exitCode = (await summary).complete ? 0 : 1
