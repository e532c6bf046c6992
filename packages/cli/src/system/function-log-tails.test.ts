import { describe, expect, it } from 'vitest'
import { FunctionLogTails } from './function-log-tails.ts'

function tails(lines: readonly string[], limits: { readonly linesMax?: number; readonly charsMax?: number } = {}): FunctionLogTails {
  const all = new FunctionLogTails(limits)
  for (const [index, line] of lines.entries()) {
    all.add({ functionName: 'f', requestId: undefined, logStreamName: 's', timestamp: index * 10, line })
  }
  return all
}

const read = (all: FunctionLogTails, after = 0, limit = 100, since?: number) => {
  const { lines, ...rest } = all.read('f', { after, limit, ...(since === undefined ? {} : { since }) })
  return { lines: lines.map(({ line }) => line), ...rest }
}

describe('the last lines of a function', () => {
  it('are read on from where the last look ended', () => {
    const all = tails(['a', 'b', 'c'])
    expect(read(all)).toEqual({ lines: ['a', 'b', 'c'], missed: 0, next: 3 })
    expect(read(all, 2)).toEqual({ lines: ['c'], missed: 0, next: 3 })
    expect(read(all, 3)).toEqual({ lines: [], missed: 0, next: 3 })
    expect(read(all, 0, 1)).toEqual({ lines: ['c'], missed: 2, next: 3 })
    expect(read(all, 0, 100, 10)).toEqual({ lines: ['b', 'c'], missed: 0, next: 3 })
  })

  it('are bounded in number and in size, and what is gone is counted', () => {
    expect(read(tails(['a', 'b', 'c', 'd', 'e'], { linesMax: 2 }), 1)).toEqual({ lines: ['d', 'e'], missed: 2, next: 5 })
    expect(read(tails(['aaaa', 'bbbb', 'cccc'], { charsMax: 8 }))).toEqual({ lines: ['bbbb', 'cccc'], missed: 1, next: 3 })
    expect(read(tails(['a', 'b'.repeat(100)], { charsMax: 8 }))).toMatchObject({ lines: ['b'.repeat(100)], missed: 1 })
  })

  it('begin anew after a restart', () => {
    expect(read(tails(['a']), 700)).toEqual({ lines: ['a'], missed: 0, next: 1 })
    expect(new FunctionLogTails().read('g', { after: 7, limit: 1 })).toEqual({ lines: [], missed: 0, next: 0 })
  })
})
