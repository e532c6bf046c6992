import { seededRandom } from '@millrace/testing'
import { expect, it } from 'vitest'
import { crc32c } from './crc32c.ts'

it('is the checksum that the Castagnoli polynomial gives', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43)
  expect(crc32c(new Uint8Array(0))).toBe(0)
})

it('is the same wherever the bytes lie', () => {
  const random = seededRandom(1)
  const bytes = Uint8Array.from({ length: 200 }, () => random() * 256)
  for (let length = 0; length < 40; length++) {
    const expected = crc32c(bytes.slice(3, 3 + length))
    expect(crc32c(bytes, 3, 3 + length)).toBe(expected)
    expect(crc32c(bytes.subarray(3), 0, length)).toBe(expected)
  }
})
