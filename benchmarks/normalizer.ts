import { createNormalizer } from '@millrace/log-normalizer'
import { nginxLines } from './lib/nginx-lines.ts'
import { type BenchmarkResult, type Measure, measure } from './lib/result.ts'

const count = 50_000
const rounds = 8
const target = Buffer.allocUnsafe(64 * 1024)

/** Bytes to the bytes of a document, on one thread: its text is put together when somebody looks at it, so it is written somewhere. The best of several rounds: what the code costs when nothing disturbs it. */
export async function normalizer(): Promise<BenchmarkResult> {
  const started = Date.now()
  const access = [...nginxLines(count, 1, started - count)].map((line) => Buffer.from(line))
  const json = Array.from({ length: count }, (_, index) =>
    Buffer.from(
      `{"level":30,"time":${started - index},"pid":4711,"hostname":"web-1","req":{"method":"GET","url":"/item/${index}"},"responseTime":${index % 300},"msg":"request completed"}`,
    ),
  )
  return { measures: [cost('nginx access line', access), cost('pino line', json)] }
}

function cost(name: string, lines: readonly Uint8Array[]): Measure {
  const instance = createNormalizer({ timeZone: 'UTC' })
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage()
    for (const line of lines) {
      target.write(instance.normalize(line, { arrivalTimestamp: 1_763_700_000_000, service: 'shop', host: 'web-1' }).source)
    }
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / lines.length)
  }
  return measure(name, best, 'us/document')
}
