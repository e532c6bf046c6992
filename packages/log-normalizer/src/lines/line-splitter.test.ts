import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineSplitter } from './line-splitter.ts'

function linesOf(chunks: readonly (string | Uint8Array)[], lineBytesMax = 1_000): string[] {
  const splitter = new LineSplitter({ lineBytesMax })
  const lines = chunks.flatMap((chunk) => splitter.push(Buffer.from(chunk)))
  return [...lines, ...splitter.end()].map((line) => Buffer.from(line).toString('latin1'))
}
const latin1 = (text: string): string => Buffer.from(text).toString('latin1')

describe('LineSplitter', () => {
  it.each([
    ['nothing', [], []],
    ['both line ends', ['a\nb\r\n\r\n\nc\n'], ['a', 'b', '', '', 'c']],
    ['a last line without an end', ['a\nb'], ['a', 'b']],
    ['a line end across chunks', ['a\r', '\nb', '\n'], ['a', 'b']],
    ['carriage returns that end nothing', ['a\rb\n', 'c\r'], ['a\rb', 'c\r']],
    ['NULs', ['a\0', '\0\nb\n'], ['a\0\0', 'b']],
    ['a character across chunks', [Buffer.from('€').subarray(0, 1), Buffer.from('€').subarray(1), '\n'], [latin1('€')]],
    ['bytes that are no UTF-8', [Uint8Array.of(0xff, 0xfe, 0x0a)], ['\xff\xfe']],
  ])('reads %s', (_, chunks, lines) => {
    expect(linesOf(chunks)).toEqual(lines)
  })

  it('cuts a line that is too long, and loses nothing', () => {
    expect(linesOf(['0123456789ab\r\n'], 5)).toEqual(['01234', '56789', 'ab'])
    expect(linesOf(['01234', '\r\n'], 5)).toEqual(['01234'])
    expect(linesOf(['0123456789'], 5)).toEqual(['01234', '56789'])
    expect(linesOf(['012€4'], 5)).toEqual(['012', latin1('€4')])
  })

  it('keeps no more of a line than its limit', () => {
    const splitter = new LineSplitter({ lineBytesMax: 100 })
    for (let chunk = 0; chunk < 50; chunk++) {
      splitter.push(Buffer.alloc(37, 'x'))
      expect(splitter.pendingBytes).toBeLessThanOrEqual(101)
    }
  })

  it('gives the same lines whatever the chunks', () => {
    const pieces = fc.array(fc.constantFrom('\n', '\r', '\r\n', 'abc', '€', '0123456', '\0', '💧'), { maxLength: 40 })
    fc.assert(
      fc.property(pieces, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (texts, sizes) => {
        const bytes = Buffer.from(texts.join(''))
        const chunks: Uint8Array[] = []
        for (let at = 0; at < bytes.length; ) {
          const size = sizes.next().value as number
          chunks.push(bytes.subarray(at, at + size))
          at += size
        }
        const lines = linesOf([bytes], 6)
        expect(linesOf(chunks, 6)).toEqual(lines)
        expect(lines.join('')).toBe(bytes.toString('latin1').replaceAll('\r\n', '').replaceAll('\n', ''))
      }),
    )
  })

  it('refuses a limit below one character', () => {
    expect(() => new LineSplitter({ lineBytesMax: 3 })).toThrow('lineBytesMax is 3')
  })
})
