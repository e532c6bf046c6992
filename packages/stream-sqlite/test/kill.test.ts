import type { Stream } from '@millrace/stream'
import { seededRandom, temporaryDirectory } from '@millrace/testing'
import { expect, it } from 'vitest'
import { openSqliteStreams } from '../src/index.ts'
import { Child } from './child.ts'

const script = new URL('./processes/put-until-killed.ts', import.meta.url)

it('has every accepted record exactly once and in order, however often the process is killed', async () => {
  await using directory = await temporaryDirectory()
  const random = seededRandom(7)
  const accepted = new Map<string, Set<number>>()
  const settled = new Map<string, number>()
  for (let round = 0; round < 5; round++) {
    await using child = new Child(script, [directory.path, String(round * 1_000_000)])
    await child.printed(20 + Math.floor(random() * 400))
    await child.kill()
    // The last line may have been cut by the kill.
    for (const line of child.lines.filter((entry) => /^(?:accepted|settled) \S+ \d+(?: \d+)?$/.test(entry))) note(line, accepted, settled)
  }

  const streams = await openSqliteStreams({ directory: directory.path })
  const stream = await streams.get('logs')
  const found = await numbersByKey(stream)
  let records = 0
  for (const [key, numbers] of accepted) {
    const all = found.get(key) ?? []
    expect(new Set(all).size).toBe(all.length)
    expect(all).toEqual(all.toSorted((one, other) => one - other))
    expect([...numbers].filter((number) => !all.includes(number))).toEqual([])
    records += numbers.size
  }
  expect(records).toBeGreaterThan(1_000)
  for (const lag of await stream.lag('c')) {
    expect(lag.checkpoint).toBeGreaterThanOrEqual(settled.get(lag.shardId) ?? 0)
    expect(lag.checkpoint).toBeLessThanOrEqual(lag.tip)
  }
  await streams.close()
})

function note(line: string, accepted: Map<string, Set<number>>, settled: Map<string, number>): void {
  const [what, of = '', one = '', other] = line.split(' ')
  if (what === 'settled') settled.set(of, Number(one))
  if (what !== 'accepted' || other === undefined) return
  const numbers = accepted.get(of) ?? new Set()
  accepted.set(of, numbers)
  for (let number = Number(one); number < Number(other); number++) numbers.add(number)
}

async function numbersByKey(stream: Stream): Promise<Map<string, number[]>> {
  const byKey = new Map<string, number[]>()
  for (const { shardId } of await stream.shards()) {
    const { records } = await stream.read(shardId, { type: 'TRIM_HORIZON' }, { recordsMax: 1e7, bytesMax: 1e9 })
    for (const record of records) {
      const numbers = byKey.get(record.partitionKey) ?? []
      byKey.set(record.partitionKey, numbers)
      numbers.push(Number(Buffer.from(record.data).toString()))
    }
  }
  return byKey
}
