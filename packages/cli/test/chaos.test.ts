import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { temporaryDirectory } from '@millrace/testing'
import { describeWithPrivate, elasticsearch, kafka, redis } from '@millrace/testing/services'
import { expect, it } from 'vitest'

const chaos = fileURLToPath(new URL('../../../benchmarks/chaos/main.ts', import.meta.url))

describeWithPrivate(kafka, 'over Kafka', () =>
  describeWithPrivate(elasticsearch, 'and an Elasticsearch that is easily overloaded', () =>
    describeWithPrivate(redis, 'and Redis', () => {
      it('nothing is lost, doubled or out of order while processes and Kafka are killed and data streams roll over', async () => {
        await using directory = await temporaryDirectory()
        const json = `${directory.path}/report.json`
        const kinds = 'kill-millrace,pause-millrace,restart-kafka,roll-over,flush-redis'
        const args = ['--seed', '14', '--minutes', '0.4', '--records', '30000', '--faults', kinds, '--json', json]
        const run = spawn(process.execPath, [chaos, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
        let said = ''
        for (const output of [run.stdout, run.stderr]) output.setEncoding('utf8').on('data', (text: string) => (said += text))
        const [code] = (await once(run, 'close')) as [number | null]
        expect(code, said).toBe(0)
        const report = JSON.parse(await readFile(json, 'utf8')) as Report
        expect(report.violations).toEqual([])
        expect(report.index).toMatchObject({ total: 30_000, distinct: 30_000 })
        expect(
          report.faults.filter(({ fault, skipped }) => /SIGKILL|stop/.test(fault) && skipped === undefined).length,
        ).toBeGreaterThanOrEqual(3)
      }, 600_000)
    }),
  ),
)

interface Report {
  readonly violations: readonly string[]
  readonly index: { readonly total: number; readonly distinct: number }
  readonly faults: readonly { readonly fault: string; readonly skipped?: string }[]
}
