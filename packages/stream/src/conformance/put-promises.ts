import { expect } from 'vitest'
import { hashKeyEnd, hashKeyOf } from '../hash-key.ts'
import { type PutRecord, recordLimits } from '../record.ts'
import { parseSequenceNumber } from '../sequence-number.ts'
import { accept, put, puts, readAll, readStream, text, texts } from './helpers.ts'
import { type Promises, streamOf } from './promises.ts'

export const putPromises: Promises = {
  async 'answers each record of a put, in order, with where it stands'(subject) {
    const stream = await streamOf(subject, 4)
    const records = Array.from({ length: 200 }, (_, index) => put(`line ${index}`, `key ${index % 17}`))
    const results = await accept(stream, records)
    for (const [index, result] of results.entries()) {
      const [found] = (
        await stream.read(result.shardId, { type: 'AT_POSITION', position: result.position }, { recordsMax: 1, bytesMax: 1 })
      ).records
      expect(found && text(found)).toBe(`line ${index}`)
      expect(found?.partitionKey).toBe(`key ${index % 17}`)
      expect(found?.sequenceNumber).toBe(result.sequenceNumber)
      expect(parseSequenceNumber(result.sequenceNumber)?.position).toBe(result.position)
    }
    expect(await stream.put([])).toEqual([])
  },

  async 'finds the shard by the MD5 of the partition key'(subject) {
    const stream = await streamOf(subject, 5)
    const shards = await stream.shards()
    for (const result of (
      await accept(
        stream,
        Array.from({ length: 100 }, (_, index) => put('x', `k${index}`)),
      )
    ).entries()) {
      const key = hashKeyOf(`k${result[0]}`)
      const shard = shards.find((candidate) => candidate.startingHashKey <= key && key <= candidate.endingHashKey)
      expect(result[1].shardId).toBe(shard?.shardId)
    }
  },

  async 'finds the shard by the explicit hash key where there is one'(subject) {
    const stream = await streamOf(subject, 4)
    const quarter = hashKeyEnd / 4n
    const keys = [0n, quarter - 1n, quarter, 2n * quarter, 3n * quarter, hashKeyEnd - 1n]
    const results = await accept(
      stream,
      keys.map((key) => ({ ...put('x', 'same'), explicitHashKey: key.toString() })),
    )
    expect(results.map((result) => Number(result.shardId.slice(-2)))).toEqual([0, 0, 1, 2, 3, 3])
  },

  async 'keeps the order of a key within a put, and ascending positions within a shard'(subject) {
    const stream = await streamOf(subject, 3)
    const records = Array.from({ length: 6_000 }, (_, index) => put(`${index}`.padEnd(300, '.'), `k${index % 7}`))
    await accept(stream, records)
    for (const { shardId } of await stream.shards()) {
      const found = await readAll(stream, shardId)
      for (let at = 1; at < found.length; at++) expect(found[at]?.position).toBeGreaterThan(found[at - 1]?.position ?? -1)
      for (let key = 0; key < 7; key++) {
        const own = found.filter((record) => record.partitionKey === `k${key}`).map((record) => Number.parseInt(text(record), 10))
        expect(own).toEqual(own.toSorted((one, other) => one - other))
      }
    }
    expect(await readStream(stream)).toHaveLength(6_000)
  },

  async 'keeps bytes, keys, headers and producer sequences as they are'(subject) {
    const stream = await streamOf(subject)
    const headers = { service: 'api', host: 'h', path: '/var/log/ä', producerId: 'p1', readTimestamp: 12, foreign: { a: 'b' } }
    const records: PutRecord[] = [
      { data: new Uint8Array(0), partitionKey: 'k' },
      { data: Uint8Array.from({ length: 256 }, (_, byte) => byte), partitionKey: '\u0000 é 😀', headers, producerSequence: 0 },
      { data: new Uint8Array([255, 0, 254]), partitionKey: 'k', headers, producerSequence: 2 ** 40 },
      { data: new Uint8Array(1_500_000).fill(7), partitionKey: 'k', headers: { recordId: 'given' } },
    ]
    await accept(stream, records)
    const found = await readStream(stream)
    expect(found).toHaveLength(4)
    for (const [index, record] of found.entries()) {
      const original = records[index] as PutRecord
      expect(Buffer.compare(record.data, original.data)).toBe(0)
      expect(record.partitionKey).toBe(original.partitionKey)
      expect(record.headers).toEqual(original.headers ?? {})
      expect(record.producerSequence).toBe(original.producerSequence)
    }
  },

  async 'refuses what breaks a limit for good, and nothing else with it'(subject) {
    const stream = await streamOf(subject, 2)
    const results = await stream.put([
      put('good'),
      put('empty key', ''),
      put('long key', 'x'.repeat(257)),
      put('256 characters of two units each', '😀'.repeat(256)),
      put('257 of them', '😀'.repeat(257)),
      { ...put('bad hash key'), explicitHashKey: '-1' },
      { ...put('bad hash key'), explicitHashKey: hashKeyEnd.toString() },
      { ...put('bad hash key'), explicitHashKey: '0x10' },
      { data: new Uint8Array(recordLimits.recordBytesMax), partitionKey: 'k' },
      { data: new Uint8Array(recordLimits.recordBytesMax - 1), partitionKey: 'k' },
      put('good too'),
    ])
    expect(results.map((result) => result.accepted)).toEqual([true, false, false, true, false, false, false, false, false, true, true])
    for (const result of results) {
      if (result.accepted) continue
      expect(result).toMatchObject({ retryable: false, reason: 'invalid-record' })
      expect(result.message.length).toBeGreaterThan(20)
    }
    expect(await readStream(stream)).toHaveLength(4)
  },

  async 'takes puts from many at once'(subject) {
    const stream = await streamOf(subject, 2)
    const results = await Promise.all(Array.from({ length: 100 }, (_, index) => accept(stream, puts(5, `${index}-`, `k${index}`))))
    const places = new Set(results.flat().map((result) => `${result.shardId}/${result.position}`))
    expect(places.size).toBe(500)
    expect(new Set(texts(await readStream(stream))).size).toBe(500)
  },

  async 'gives times of arrival that do not descend'(subject) {
    const stream = await streamOf(subject)
    for (let turn = 0; turn < 3; turn++) {
      await accept(stream, puts(10))
      await subject.advance?.(1_000)
    }
    const times = (await readStream(stream)).map((record) => record.approximateArrivalTimestamp)
    expect(times).toEqual(times.toSorted((one, other) => one - other))
    expect(times[0]).toBeGreaterThan(0)
  },
}

/** Back-pressure, on a subject whose `pendingBytesMax` is 100,000. */
export const pressurePromises: Promises = {
  async 'refuses what it has no room for, for now, and keeps the order of what it takes'(subject) {
    const stream = await streamOf(subject, 2)
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, turn) =>
        stream.put(Array.from({ length: 40 }, (_, index) => put(`${turn}/${index}`.padEnd(1_000, '.'), `k${turn}`))),
      ),
    )
    const refused = outcomes.flat().filter((result) => !result.accepted)
    expect(refused.length).toBeGreaterThan(0)
    for (const result of refused) expect(result).toMatchObject({ reason: 'throughput-exceeded', retryable: true })
    // What was taken of a put is its beginning: none was taken behind one that was refused.
    for (const results of outcomes) {
      const first = results.findIndex((result) => !result.accepted)
      if (first >= 0) expect(results.slice(first).every((result) => !result.accepted)).toBe(true)
    }
    const taken = outcomes.flatMap((results, turn) => results.flatMap((result, index) => (result.accepted ? [`${turn}/${index}`] : [])))
    const found = (await readStream(stream)).map((record) => text(record).replaceAll('.', ''))
    expect(found.toSorted()).toEqual(taken.toSorted())
    await accept(stream, [put('there is room again')])
  },

  async 'takes a single record that is larger than the bound'(subject) {
    const stream = await streamOf(subject)
    await accept(stream, [{ data: new Uint8Array(300_000), partitionKey: 'k' }])
    expect((await readStream(stream)).map((record) => record.data.byteLength)).toEqual([300_000])
  },
}
