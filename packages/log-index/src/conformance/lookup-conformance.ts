import { describe, expect, it } from 'vitest'
import { IndexClosedError, InvalidSearchError } from '../errors.ts'
import type { LogDocument } from '../log-index.ts'
import type { IndexFactory } from './index-under-test.ts'
import { logDocument, noon } from './index-under-test.ts'

export function lookupConformance(factory: IndexFactory): void {
  describe('reading by id', () => {
    it('gives documents in the order in which they are asked for, at once after they were written', async () => {
      await using subject = await factory()
      const documents = Array.from({ length: 700 }, (_, at) =>
        logDocument(`p-${at.toString(36)}`, noon + at * 3_600_000, { message: `line ${at}` }),
      )
      await subject.index.bulk(documents)
      const asked = [documents[600], logDocument('p-zzz', noon), documents[3], logDocument('nobody', noon)] as LogDocument[]
      const found = await subject.index.getByIds(asked)
      expect(found.map((each) => each?.id)).toEqual(['p-go', undefined, 'p-3', undefined])
      expect(JSON.parse(found[0]?.source ?? '')).toEqual(JSON.parse((documents[600] as LogDocument).source))
      expect(await subject.index.getByIds([])).toEqual([])
    })

    it('finds a document wherever it is, whatever was thought of its time and data stream', async () => {
      await using subject = await factory()
      const there = { ...logDocument('a-1', noon - 40 * 86_400_000), dataStream: 'logs-nginx.access-default' }
      await subject.index.bulk([there, logDocument('a-2', noon)])
      const [found, other] = await subject.index.getByIds([
        logDocument('a-1', noon),
        { ...logDocument('a-2', 0), dataStream: 'logs-x-default' },
      ])
      expect(found).toMatchObject({ id: 'a-1', dataStream: 'logs-nginx.access-default' })
      expect(other).toMatchObject({ id: 'a-2', dataStream: 'logs-generic-default' })
    })

    it('refuses too many at once, and ends when it is aborted or closed', async () => {
      await using subject = await factory()
      const many = Array.from({ length: 10_001 }, () => logDocument('a', noon))
      await expect(subject.index.getByIds(many)).rejects.toThrow(InvalidSearchError)
      await expect(subject.index.getByIds([logDocument('a', noon)], AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
      await subject.index.close()
      await expect(subject.index.getByIds([logDocument('a', noon)])).rejects.toThrow(IndexClosedError)
    })
  })
}
