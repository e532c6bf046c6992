import { seededRandom } from '@millrace/testing'
import { expect, it } from 'vitest'
import { openForWriting } from './schema.ts'
import { StreamReader } from './stream-reader.ts'
import { StreamWriter } from './stream-writer.ts'

it('finds positions, times and chunks as a walk over all of them does', () => {
  const random = seededRandom(3)
  const upTo = (most: number): number => Math.floor(random() * (most + 1))
  for (let run = 0; run < 30; run++) {
    const database = openForWriting(':memory:')
    const first = upTo(1_000)
    let firstPosition = first
    let arrivalTimestamp = 10
    const appends = Array.from({ length: upTo(30) }, () => {
      const count = 1 + upTo(50)
      arrivalTimestamp += upTo(3)
      firstPosition += count
      return { shardKey: 1, firstPosition: firstPosition - count, count, arrivalTimestamp, bytes: new Uint8Array(1 + upTo(8)) }
    })
    new StreamWriter(database).commit(appends, [])
    const reader = new StreamReader(database)
    for (let time = 9; time <= arrivalTimestamp + 1; time++) {
      expect(reader.positionAt(1, time)).toBe(appends.find((append) => append.arrivalTimestamp >= time)?.firstPosition)
    }
    for (let position = Math.max(0, first - 2); position <= firstPosition; position++) {
      const rest = appends.filter((append) => append.firstPosition + append.count > position)
      expect(reader.timestampAt(1, position)).toBe(rest[0]?.arrivalTimestamp)
      const page = reader.readChunks(1, position, 12)
      expect(page.from).toBe(Math.max(position, rest[0]?.firstPosition ?? 0))
      // As many as it takes to come to 12 bytes.
      let bytes = 0
      const expected = rest.filter((append) => {
        const wanted = bytes < 12
        bytes += append.bytes.byteLength
        return wanted
      })
      expect(page.chunks.map((chunk) => chunk.firstPosition)).toEqual(expected.map((append) => append.firstPosition))
    }
    expect(reader.positionAt(2, 0)).toBeUndefined()
    database.close()
  }
})
