import { setTimeout as wait } from 'node:timers/promises'
import { elasticsearch } from '@millrace/testing/services'
import { request } from 'undici'
import { Patience } from '../lib/patience.ts'
import { type Measure, measure } from '../lib/result.ts'
import { Script } from '../lib/script.ts'
import type { SenderOptions, Sent } from './bulk-sender.ts'
import type { Kept } from './counting-server.ts'
import type { SetUp } from './set-up.ts'

const underWay = [1, 2, 4]

/**
 * From the topic into a real Elasticsearch, and the very same bodies sent straight to it, with one, two and four under way. All into data streams of one name and one template, which
 * are deleted in between and at the end.
 */
export async function intoElasticsearch(setUp: SetUp, keptFile: string, kept: Kept): Promise<Measure[]> {
  const found = await elasticsearch.available()
  if ('missing' in found) throw new Error(`Elasticsearch is not to be had: ${found.missing}`)
  const { url } = found
  const { namespace } = setUp
  const sender = await Script.start('bulk-sender.ts', { url, file: keptFile, bodyBytes: kept.bodyBytes } satisfies SenderOptions)
  const send = async (lanes: number): Promise<number> => {
    await remove(url, namespace)
    const { seconds } = await sender.ask<Sent>({ bodies: kept.bodyBytes.length, underWay: lanes })
    return kept.documents / seconds
  }
  try {
    // A start puts the templates in place.
    await (await setUp.start(url, { mapped: false })).stop()
    // The server compiles as it goes: the first bodies that it ever sees are not counted.
    await send(2)
    const straight: number[] = []
    for (const lanes of underWay) straight.push(await send(lanes))
    const perSecond = await throughMillrace(setUp, url, Math.min(kept.documents, setUp.records))
    return [
      measure('millrace', perSecond, 'docs/s'),
      ...underWay.map((lanes, index) => measure(`bodies sent straight, ${lanes} under way`, straight[index] ?? Number.NaN, 'docs/s')),
      measure('of the best', perSecond / Math.max(...straight), 'of 1', { atLeast: 0.9 }),
    ].map((entry) => ({ ...entry, name: `elasticsearch: ${entry.name}` }))
  } finally {
    await sender.stop()
    await remove(url, namespace)
    await (await request(`${url}/_index_template/millrace-logs-${namespace}`, { method: 'DELETE' })).body.dump()
  }
}

/** Over as many documents as are sent straight: segments are merged the more, the more there are. */
async function throughMillrace(setUp: SetUp, url: string, enough: number): Promise<number> {
  await remove(url, setUp.namespace)
  const server = await setUp.start(url, { mapped: true })
  try {
    const patience = new Patience()
    let first: { readonly documents: number; readonly at: number } | undefined
    for (;;) {
      const documents = await written(url, setUp.namespace)
      const at = performance.now()
      patience.seen(documents)
      if (documents > 0) first ??= { documents, at }
      if (documents >= enough && first !== undefined) return ((documents - first.documents) / (at - first.at)) * 1_000
      await wait(20)
    }
  } finally {
    await server.stop()
  }
}

/** Documents that the primary shards have taken, without a refresh. */
async function written(url: string, namespace: string): Promise<number> {
  const answer = await request(`${url}/logs-*-${namespace}/_stats/indexing?filter_path=_all.primaries.indexing.index_total`)
  const body = (await answer.body.json()) as {
    readonly _all?: { readonly primaries?: { readonly indexing?: { readonly index_total: number } } }
  }
  return body._all?.primaries?.indexing?.index_total ?? 0
}

async function remove(url: string, namespace: string): Promise<void> {
  const answer = await request(`${url}/_data_stream/logs-*-${namespace}`, { method: 'DELETE' })
  await answer.body.dump()
}
