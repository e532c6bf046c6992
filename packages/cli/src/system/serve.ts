import { readFile } from 'node:fs/promises'
import { createGateway } from '@millrace/gateway'
import { claimDataDirectory, type DataDirectoryClaim } from '@millrace/stream-sqlite'
import { Registry } from 'prom-client'
import { version } from '../version.ts'
import { collectStats } from './collect-stats.ts'
import { usesElasticsearch } from './backends/open-index.ts'
import { openSystem, type SystemOptions } from './open-system.ts'
import { registerSystemMetrics } from './metrics/system-metrics.ts'
import { sharing } from './sharing.ts'
import { systemClock } from './system-clock.ts'
import type { System } from './system.ts'
import { takeSnapshot } from './system-snapshot.ts'

export interface ServeOptions extends SystemOptions {
  readonly host: string
  readonly port: number
  readonly apiKeys: readonly string[]
  readonly allowedHosts: readonly string[]
  /** Files. */
  readonly tlsCert: string | undefined
  readonly tlsKey: string | undefined
  readonly trustProxy: boolean
}

/** A system with its gateway. */
export interface Server {
  readonly url: string
  readonly system: System
  /** Refuses new work, settles the work in hand, and gives the data directory back. */
  close(): Promise<void>
}

/** Claims the data directory if something of the system stands in it, opens the system, and listens. What was opened is closed again when a later step fails. */
export async function serve(options: ServeOptions): Promise<Server> {
  const startedAt = Date.now()
  const claim = await claimIfNeeded(options)
  let system: System | undefined
  try {
    system = await openSystem(options)
    const metrics = new Registry()
    const opened = system
    let failure: Error | undefined
    void opened.failed.then((error) => (failure = error))
    const snapshot = sharing(() => takeSnapshot(opened, systemClock))
    registerSystemMetrics(metrics, snapshot)
    const gateway = await createGateway(
      {
        streams: opened.streams,
        index: opened.index,
        invoker: opened.runtime,
        functionNames: async () => opened.runtime.functions().map((each) => each.name),
        deadLetters: opened.deadLetters,
        metrics,
        stats: async () => collectStats(await snapshot(), startedAt),
        readiness: async () => readinessOf(opened, failure),
        version,
        clock: systemClock,
        randomKey: () => crypto.randomUUID(),
        reportError: (error, request) => options.onWarning(`${request}: ${String(error)}`),
      },
      {
        host: options.host,
        port: options.port,
        apiKeys: options.apiKeys,
        allowedHosts: options.allowedHosts,
        trustProxy: options.trustProxy,
        ...(options.tlsCert === undefined ? {} : { tlsCertificate: await readFile(options.tlsCert, 'utf8') }),
        ...(options.tlsKey === undefined ? {} : { tlsKey: await readFile(options.tlsKey, 'utf8') }),
      },
    )
    const { url } = await gateway.listen()
    await claim?.publish(url)
    return {
      url,
      system: opened,
      close: async () => {
        await gateway.close()
        await opened.close()
        await claim?.release()
      },
    }
  } catch (error) {
    await system?.close().catch(() => {})
    await claim?.release()
    throw error
  }
}

/**
 * The data directory belongs to one process. A system that stands on Kafka and Elasticsearch alone has nothing in it, and several of its processes may run
 * on one machine.
 */
async function claimIfNeeded({ backends, dataDirectory }: ServeOptions): Promise<DataDirectoryClaim | undefined> {
  const overKafka = backends.kafka.length > 0
  if (overKafka && usesElasticsearch(backends)) return undefined
  return claimDataDirectory(dataDirectory, { create: true, kind: overKafka ? 'kafka' : 'embedded' })
}

/** Ready: every part lives, and no mapping is held up by something that does not pass by itself. */
function readinessOf(system: System, failure: Error | undefined): { readonly ready: boolean; readonly reasons: readonly string[] } {
  const reasons = failure === undefined ? [] : [failure.message]
  for (const { definition, mapper } of system.mappings) {
    const { reason, message } = mapper.explain()
    if (reason === 'function-unavailable' || reason === 'dead-letters-failing' || reason === 'no-shards') {
      reasons.push(`${definition.streamName} > ${definition.functionName}: ${message}`)
    }
  }
  return { ready: reasons.length === 0, reasons }
}
