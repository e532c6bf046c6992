import { type PutRefused, shardIdOf } from '@millrace/stream'
import { ManualClock } from '@millrace/testing'
import { expect, it } from 'vitest'
import type { KafkaShard, LayoutUpdate } from '../topics/stream-layout.ts'
import type { RoutedSlice } from './put-request.ts'
import type { RecordWriter } from './record-writer.ts'
import { ShardGate } from './shard-gate.ts'

const leaseMs = 900

function shard(index: number, changes: Partial<KafkaShard> = {}): KafkaShard {
  return { shardId: shardIdOf(index), index, partition: index, startingHashKey: 0n, endingHashKey: 9n, createdTimestamp: 0, ...changes }
}

const closing: LayoutUpdate = { kind: 'reshard', epoch: 1, owner: 'o', timestamp: 0, closing: [0], opening: [] }
const closed = shard(0, { endingPosition: 10, closedTimestamp: 0 })
const child = shard(1, { parentShardId: shardIdOf(0) })

/** A gate before a writer of which a test says what waits and what is under way. */
function gateOf({ answers = true } = {}) {
  const clock = new ManualClock()
  const waiting = new Map<number, RoutedSlice[]>()
  const sent = Promise.withResolvers<void>()
  const state = { refreshes: 0, forwarded: [] as number[], put: [] as string[], reopened: 0 }
  const writer = {
    takeBack: (_: string, partition: number) => waiting.get(partition)?.splice(0) ?? [],
    put: (slices: readonly RoutedSlice[]) => void state.put.push(...slices.map(({ topic }) => topic)),
    reopen: () => void state.reopened++,
    sent: () => sent.promise,
  }
  const gate = new ShardGate({
    topic: 'logs',
    clock,
    writer: writer as unknown as RecordWriter,
    leaseMs,
    waitMsMax: 5_000,
    refresh: () => {
      state.refreshes++
      return answers ? Promise.resolve() : new Promise(() => {})
    },
    forward: async (_, position) => void state.forwarded.push(position),
  })
  return { gate, clock, waiting, sent, state }
}

function slice(name: string, refused: (refusal: PutRefused) => void = () => {}): RoutedSlice {
  const made = { topic: name, partition: 0, records: [], bytes: 0, refused: () => undefined, accepted: () => {}, refuse: refused }
  return { ...made, rerouted: () => [slice(`${name} again`)] }
}

it('lets records go for as long as the map may be used, and looks at it before that is over', async () => {
  const { gate, clock, state } = gateOf()
  gate.update([shard(0)], undefined, clock.now())
  expect(gate.mayGo(shard(0))).toBe(true)
  expect(state.refreshes).toBe(0)
  await clock.advance(leaseMs / 2)
  expect(gate.mayGo(shard(0))).toBe(true)
  await clock.advance(1)
  expect(state.refreshes).toBe(1)
  await clock.advance(leaseMs)
  expect(gate.mayGo(shard(0))).toBe(false)
  gate.update([shard(0)], undefined, clock.now())
  expect(gate.mayGo(shard(0))).toBe(true)
})

it('does not renew the time of a shard that is closing', async () => {
  const { gate, clock } = gateOf()
  gate.update([shard(0), shard(5)], undefined, clock.now())
  await clock.advance(leaseMs - 1)
  gate.update([shard(0), shard(5)], closing, clock.now())
  expect(gate.mayGo(shard(0))).toBe(true)
  await clock.advance(1)
  gate.update([shard(0), shard(5)], closing, clock.now())
  expect([gate.mayGo(shard(0)), gate.mayGo(shard(5))]).toEqual([false, true])
})

it('sorts what waited for a closed shard anew, and has the children wait until its last batch is answered', async () => {
  const { gate, clock, waiting, sent, state } = gateOf()
  gate.update([shard(0)], undefined, clock.now())
  waiting.set(0, [slice('a'), slice('b')])
  gate.update([closed, child], undefined, clock.now())
  expect(state.put).toEqual(['a again', 'b again'])
  expect([gate.mayGo(closed), gate.mayGo(child)]).toEqual([false, false])
  sent.resolve()
  await clock.advance(0)
  expect([gate.mayGo(closed), gate.mayGo(child)]).toEqual([false, true])
  expect(state.forwarded).toEqual([])
})

it('has the children wait for what came behind the end of their parent', async () => {
  const { gate, clock, sent, state } = gateOf()
  gate.update([shard(0)], undefined, clock.now())
  gate.written(shard(0), 14)
  gate.update([closed, child], undefined, clock.now())
  sent.resolve()
  await clock.advance(0)
  expect(state.forwarded).toEqual([14])
  expect(gate.mayGo(child)).toBe(true)
})

it('goes on by the map that it knows when the registry does not answer, except for shards that are closing', async () => {
  const { gate, clock } = gateOf({ answers: false })
  gate.update([shard(0), shard(5)], closing, clock.now())
  await clock.advance(leaseMs)
  expect([gate.mayGo(shard(0)), gate.mayGo(shard(5))]).toEqual([false, false])
  await clock.advance(leaseMs + 1)
  expect([gate.mayGo(shard(0)), gate.mayGo(shard(5))]).toEqual([false, true])
})

it('refuses what has waited for too long, for now', async () => {
  const { gate, clock, waiting } = gateOf()
  const refused: PutRefused[] = []
  gate.update([shard(0)], closing, clock.now())
  waiting.set(0, [slice('a', (refusal) => refused.push(refusal))])
  for (let turn = 0; turn < 80; turn++) {
    await clock.advance(100)
    gate.mayGo(shard(0))
  }
  expect(refused).toMatchObject([{ retryable: true, reason: 'internal' }])
})
