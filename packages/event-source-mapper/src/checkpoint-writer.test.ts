import type { AssignedShard } from '@millrace/stream'
import { expect, it } from 'vitest'
import { CheckpointWriter } from './checkpoint-writer.ts'
import type { MapperContext } from './mapper-context.ts'

function writer(checkpoint: AssignedShard['checkpoint']): CheckpointWriter {
  // Nothing of the context is needed while nothing fails.
  return new CheckpointWriter({ checkpoint } as AssignedShard, {} as MapperContext, new AbortController().signal, () => {})
}

it('has one write under way, and skips what was overtaken meanwhile', async () => {
  const written: number[] = []
  let underWay = 0
  const checkpoints = writer(async (position) => {
    expect(++underWay).toBe(1)
    await new Promise((resolve) => setImmediate(resolve))
    underWay--
    written.push(position)
  })
  for (const position of [1, 2, 3]) checkpoints.update(position)
  await checkpoints.flushed()
  expect(written).toEqual([1, 3])
})

it.each([0, 1, 2, 3, 4, 5, 6, 7])('writes a position that comes %i turns after the one before', async (turns) => {
  const written: number[] = []
  const checkpoints = writer((position) => {
    written.push(position)
    return Promise.resolve()
  })
  checkpoints.update(1)
  for (let turn = 0; turn < turns; turn++) await Promise.resolve()
  checkpoints.update(2)
  await checkpoints.flushed()
  expect(written).toEqual([1, 2])
})
