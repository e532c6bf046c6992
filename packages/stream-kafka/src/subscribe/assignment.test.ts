import { expect, it } from 'vitest'
import { assign, decodeAssignment, decodeMemberState, encodeAssignment, encodeMemberState } from './assignment.ts'

it('leaves with a member what it holds, as far as that is even', () => {
  const members = new Map([
    ['b', { generationId: 3, held: [0, 1, 2, 3], epoch: 0 }],
    ['a', { generationId: -1, held: [], epoch: 0 }],
  ])
  const shares = assign([0, 1, 2, 3], members)
  expect(shares.get('a')).toHaveLength(2)
  expect(shares.get('b')).toEqual([0, 1])
})

it('believes the member of the later generation where two hold the same', () => {
  const shares = assign(
    [0, 1],
    new Map([
      ['a', { generationId: 4, held: [0], epoch: 0 }],
      ['b', { generationId: 7, held: [0], epoch: 0 }],
    ]),
  )
  expect(shares.get('b')).toEqual([0])
  expect(shares.get('a')).toEqual([1])
})

it('comes back from the bytes that Kafka passes around', () => {
  expect(decodeMemberState(encodeMemberState('logs', { generationId: 5, held: [3, 1], epoch: 0 }))).toEqual({
    generationId: 5,
    held: [3, 1],
    epoch: 0,
  })
  expect(decodeAssignment('logs', encodeAssignment('logs', [2, 0]))).toEqual([2, 0])
  expect(decodeAssignment('logs', encodeAssignment('logs', []))).toEqual([])
  expect(decodeAssignment('logs', Buffer.alloc(0))).toEqual([])
  for (const nonsense of [Buffer.alloc(0), Buffer.from('nonsense, and long enough')]) {
    expect(decodeMemberState(nonsense)).toEqual({ generationId: -1, held: [], epoch: 0 })
  }
})
