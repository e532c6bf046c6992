import { describe, expect, it } from 'vitest'
import { IndexClosedError } from '../errors.ts'
import type { IndexFactory } from './index-under-test.ts'
import { fill, idsOf, logDocument, noon } from './index-under-test.ts'

const created = { status: 'created' }
const exists = { status: 'exists' }

export function sinkConformance(factory: IndexFactory): void {
  describe('writing', () => {
    it('answers an outcome for each document, in order', async () => {
      await using subject = await factory()
      const documents = Array.from({ length: 1_000 }, (_, at) => logDocument(`p-${at.toString(36)}`, noon + at))
      expect(await subject.index.bulk(documents)).toEqual(documents.map(() => created))
      const mixed = [documents[7], logDocument('new', noon), documents[999], logDocument('p-rs', noon)] as typeof documents
      expect(await subject.index.bulk(mixed)).toEqual([exists, created, exists, created])
      await subject.refresh?.()
      expect((await subject.index.stats()).documents).toBe(1_002)
    })

    it('takes a bulk of nothing', async () => {
      await using subject = await factory()
      expect(await subject.index.bulk([])).toEqual([])
    })

    it('knows a repeat within one bulk, whatever the form of the id', async () => {
      await using subject = await factory()
      const ids = [
        'a-1',
        'a-2',
        'a-2',
        'a',
        'a',
        'a-0',
        'a-01',
        'a-Z',
        'a-z',
        'ä-1',
        '-1',
        'a--1',
        'a-1.0',
        'a-1',
        'x-y-10',
        'x-y-zz',
        'x-y-10',
      ]
      const outcomes = await subject.index.bulk(ids.map((id) => logDocument(id, noon)))
      expect(outcomes.map(({ status }) => status)).toEqual(ids.map((id, at) => (ids.indexOf(id) < at ? 'exists' : 'created')))
      await subject.refresh?.()
      expect((await idsOf(subject, {})).sort()).toEqual([...new Set(ids)].sort())
    })

    it('keeps the first of two documents with one id', async () => {
      await using subject = await factory()
      await fill(subject, [logDocument('a-1', noon, { message: 'first' })])
      expect(await subject.index.bulk([logDocument('a-1', noon, { message: 'second' })])).toEqual([exists])
      await subject.refresh?.()
      const { hits } = await subject.index.search({ size: 10 })
      expect(hits.map(({ source }) => JSON.parse(source) as unknown)).toMatchObject([{ message: 'first' }])
    })

    it('knows repeats that arrive in pieces, in any order, from several sinks at once', async () => {
      await using subject = await factory()
      const documents = Array.from({ length: 300 }, (_, at) => logDocument(`k-${at.toString(36)}`, noon + at))
      const pieces = [documents.slice(200, 300), documents.slice(0, 100), documents.slice(50, 250), documents.toReversed(), documents]
      const outcomes = await Promise.all(pieces.map((piece) => subject.index.bulk(piece)))
      expect(outcomes.flat().filter(({ status }) => status === 'created')).toHaveLength(300)
      expect(outcomes.flat().filter(({ status }) => status === 'exists')).toHaveLength(700)
      await subject.refresh?.()
      expect(await idsOf(subject, {})).toEqual(documents.map(({ id }) => id).reverse())
    })

    it('keeps documents and ids when it is opened again', async () => {
      await using subject = await factory()
      if (subject.reopen === undefined) return
      const documents = Array.from({ length: 500 }, (_, at) => logDocument(`p-${at.toString(36)}`, noon + at, { message: `line ${at}` }))
      await fill(subject, documents)
      await subject.reopen()
      expect(await subject.index.bulk(documents)).toEqual(documents.map(() => exists))
      await subject.refresh?.()
      expect(await idsOf(subject, { query: '"line 77"' })).toEqual(['p-25'])
      expect((await subject.index.stats()).documents).toBe(500)
    })

    it('finds lines that arrived one by one', async () => {
      await using subject = await factory()
      for (let at = 0; at < 300; at++)
        await subject.index.bulk([logDocument(`one-${at.toString(36)}`, noon + at, { message: `line ${at}` })])
      await subject.refresh?.()
      expect(await idsOf(subject, {})).toHaveLength(300)
      expect(await idsOf(subject, { query: '"line 150"' })).toEqual(['one-46'])
      expect(await subject.index.bulk([logDocument('one-0', noon)])).toEqual([exists])
    })

    it('gives back the text of a document as it was, whatever it holds', async () => {
      await using subject = await factory()
      const messages = ['', '\0\u0001\u001f', '"\\', 'ünï 😀 日本', '\u2028', 'x'.repeat(1_000_000), '\ud800']
      const documents = messages.map((message, at) => logDocument(`odd-${at}`, noon + at, { message }))
      await fill(subject, documents)
      const { hits } = await subject.index.search({ size: 10, order: 'asc' })
      expect(hits.map(({ source }) => source === documents[hits.findIndex((hit) => hit.source === source)]?.source)).toEqual(
        messages.map(() => true),
      )
      expect(hits.map(({ dataStream }) => dataStream)).toEqual(messages.map(() => 'logs-generic-default'))
    })

    it('takes documents of far away times beside ordinary ones', async () => {
      await using subject = await factory()
      const times = [noon, Date.UTC(1970, 0, 1), -62_135_596_800_000, Date.UTC(9999, 11, 31), noon - 86_400_000, Date.UTC(2106, 1, 7)]
      await fill(
        subject,
        times.map((time, at) => logDocument(`t-${at}`, time)),
      )
      expect(await idsOf(subject, {})).toEqual(['t-3', 't-5', 't-0', 't-4', 't-1', 't-2'])
      expect(await idsOf(subject, { order: 'asc', size: 3 })).toEqual(['t-2', 't-1', 't-4'])
    })

    it('rejects what never can be a document, and takes its neighbours', async () => {
      await using subject = await factory()
      const outcomes = await subject.index.bulk([
        logDocument('ok-1', noon),
        { ...logDocument('not-json', noon), source: 'not json' },
        { ...logDocument('i'.repeat(513), noon) },
        logDocument('ok-2', noon),
      ])
      expect(outcomes.map(({ status }) => status)).toEqual(['created', 'rejected', 'rejected', 'created'])
    })

    it('rejects the call, not the documents, when it is aborted or closed', async () => {
      await using subject = await factory()
      await expect(subject.index.bulk([logDocument('a-1', noon)], AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
      await expect(subject.index.search({ size: 1 }, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
      const last = subject.index.bulk([logDocument('a-2', noon)])
      const closed = subject.index.close()
      expect(await last).toEqual([created])
      await closed
      await expect(subject.index.bulk([logDocument('a-3', noon)])).rejects.toThrow(IndexClosedError)
      await expect(subject.index.search({ size: 1 })).rejects.toThrow(IndexClosedError)
      await expect(subject.index.stats()).rejects.toThrow(IndexClosedError)
    })
  })
}
