import { type DeadLetter, NewerVersionError, splitHashKeys } from '@millrace/stream'
import { expect, it } from 'vitest'
import { decodeDeadLetter, encodeDeadLetter, summarizeDeadLetter } from './dead-letter-codec.ts'
import { decodeLayout, encodeLayout, type StreamLayout } from './stream-layout.ts'

const layout: StreamLayout = {
  state: 'ready',
  epoch: 3,
  description: { name: 'logs', incarnation: 'abc', createdTimestamp: 5, shardCount: 2, retentionHours: 24 },
  shards: splitHashKeys(2).map((range, index) => ({
    shardId: `shardId-00000000000${index}`,
    index,
    partition: index,
    ...range,
    createdTimestamp: 5,
    ...(index === 1 ? { parentShardId: 'shardId-000000000000' } : { endingPosition: 70 }),
  })),
}

const deadLetter: DeadLetter = {
  id: 'a',
  stream: 's',
  incarnation: 'abc',
  shardId: 'shardId-000000000001',
  position: 12,
  sequenceNumber: '49',
  partitionKey: 'key',
  data: new Uint8Array(0),
  headers: {},
  producerSequence: undefined,
  approximateArrivalTimestamp: 1,
  consumer: 'c',
  functionName: 'f',
  condition: 'Terminal',
  reason: 'It cannot be read.',
  attempts: 3,
  timestamp: 2,
}

it('gives back a stream and its shards, parents and ends included', () => {
  expect(decodeLayout(encodeLayout(layout))).toEqual(layout)
})

it('passes over what is no stream, and refuses one of a newer Millrace', () => {
  for (const text of ['', 'no JSON', '[]', '"text"']) expect(decodeLayout(Buffer.from(text))).toBeUndefined()
  const newer = Buffer.from(encodeLayout(layout).toString().replace('"version":2', '"version":3'))
  expect(() => decodeLayout(newer)).toThrow(NewerVersionError)
})

it('passes over what is no dead letter, and refuses one of a newer Millrace', () => {
  const letter = encodeDeadLetter({ ...deadLetter, data: Buffer.from('bytes') })
  expect(summarizeDeadLetter(letter)).toEqual({ id: 'a', stream: 's', functionName: 'f' })
  expect(Buffer.from(decodeDeadLetter(letter)?.data ?? []).toString()).toBe('bytes')
  for (const bytes of ['', 'abc', '\u0001\u0005\u0000\u0000\u0000no JSON']) expect(decodeDeadLetter(Buffer.from(bytes))).toBeUndefined()
  letter[0] = 2
  expect(() => decodeDeadLetter(letter)).toThrow(NewerVersionError)
})
