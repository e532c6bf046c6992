import { readFile } from 'node:fs/promises'
import { Pool } from 'undici'
import { serve } from '../lib/script.ts'

/* Sends prepared bodies to `_bulk`, as they are, and does nothing else: the most that an endpoint takes, and the least that sending costs. */

export interface SenderOptions {
  readonly url: string
  /** Body after body. */
  readonly file: string
  readonly bodyBytes: readonly number[]
}

export interface SendRun {
  /** Bodies to send; they are gone through again from the first where there are fewer. */
  readonly bodies: number
  readonly underWay: number
}

export interface Sent {
  readonly seconds: number
  readonly cpuMicros: number
}

const path = '/_bulk?filter_path=errors,items.*.error,items.*.status'
const media = 'application/vnd.elasticsearch+'

serve<SenderOptions, SendRun>(async ({ url, file, bodyBytes }) => {
  const all = await readFile(file)
  const bodies: Buffer[] = []
  for (let at = 0, index = 0; index < bodyBytes.length; at += bodyBytes[index++] as number) {
    bodies.push(all.subarray(at, at + (bodyBytes[index] as number)))
  }
  const headers = { 'content-type': `${media}x-ndjson; compatible-with=9`, accept: `${media}json; compatible-with=9` }
  return {
    ready: {},
    answer: async (run) => {
      const pool = new Pool(url, { connections: run.underWay, headersTimeout: 120_000, bodyTimeout: 120_000 })
      const before = process.cpuUsage()
      const started = performance.now()
      let next = 0
      const lane = async (): Promise<void> => {
        while (next < run.bodies) {
          const body = bodies[next++ % bodies.length] as Buffer
          const answer = await pool.request({ method: 'POST', path, headers, body })
          const text = await answer.body.text()
          if (!text.startsWith('{"errors":false')) throw new Error(`The bulk was answered ${answer.statusCode}: ${text.slice(0, 1_000)}`)
        }
      }
      await Promise.all(Array.from({ length: run.underWay }, lane))
      const seconds = (performance.now() - started) / 1_000
      const { user, system } = process.cpuUsage(before)
      await pool.close()
      return { seconds, cpuMicros: user + system }
    },
  }
})
