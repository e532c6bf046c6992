import { NewerVersionError } from '@millrace/stream'
import { expect, it } from 'vitest'
import { decodeCheckpointCopy, decodeCheckpointNote, encodeCheckpointCopy, encodeCheckpointNote } from './checkpoint.ts'

it('keeps how much was lost beside the position', () => {
  const checkpoint = { position: 12, lostRecords: 34 }
  expect(decodeCheckpointNote(encodeCheckpointNote(checkpoint))).toBe(34)
  expect(decodeCheckpointCopy(encodeCheckpointCopy(checkpoint))).toEqual(checkpoint)
})

it('takes offsets that another program committed', () => {
  for (const text of [null, '', 'what others write']) expect(decodeCheckpointNote(text)).toBe(0)
  expect(decodeCheckpointCopy(Buffer.from('no JSON'))).toBeUndefined()
  expect(decodeCheckpointCopy(Buffer.from('{"position":"x"}'))).toBeUndefined()
})

it('refuses what a newer Millrace wrote', () => {
  expect(() => decodeCheckpointNote('millrace/2 lost=1')).toThrow(NewerVersionError)
  expect(() => decodeCheckpointCopy(Buffer.from('{"version":2,"position":1}'))).toThrow(NewerVersionError)
})
