import { readFile } from 'node:fs/promises'
import { createGateway } from '@millrace/gateway'
import { claimDataDirectory, type DataDirectoryClaim } from '@millrace/stream-sqlite'
import { Registry } from 'prom-client'
import { version } from '../version.ts'
import { roles } from '../options/common.ts'
import { UsageError } from '../options/usage-error.ts'
import { collectStats } from './collect-stats.ts'
import { usesElasticsearch } from './backends/open-index.ts'
import type { BackendSettings } from './backends/open-streams.ts'
import { FunctionLogTails } from './function-log-tails.ts'
import { SystemHealth } from './health/system-health.ts'
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
  readonly accessKeys?: readonly string[]
  readonly allowedHosts: readonly string[]
  /** Files. */
  readonly tlsCert: string | undefined
  readonly tlsKey: string | undefined
  readonly trustProxy: boolean
  /** At the end, how long requests are still taken after the process has said that it is not ready. */
  readonly drainDelayMs: number
}

/** A system with its gateway. */
export interface Server {
  readonly url: string
  readonly system: System
  /** Says that it is not ready any more, and goes on for the drain delay. */
  drain(): Promise<void>
  /** Refuses new work, settles the work in hand, and gives the data directory back. */
  close(): Promise<void>
}

/** Throws `UsageError` for roles that the backends do not allow. */
function checkRoles({ roles: own, backends }: ServeOptions): void {
  const missing = roles.filter((role) => !own.has(role))
  if (missing.length === 0 || standsAlone(backends)) return
  throw new UsageError(
    `--roles ${[...own].join(',')} leaves out ${missing.join(' and ')}, but the embedded stream and index belong to one process, which does everything: leave --roles out, or give --kafka and --elasticsearch.`,
  )
}

/** Nothing of the system is in the data directory: several processes may be the system. */
function standsAlone(backends: BackendSettings): boolean {
  return backends.kafka.length > 0 && usesElasticsearch(backends)
}

/** Claims the data directory if something of the system stands in it, opens the system, and listens. What was opened is closed again when a later step fails. */
export async function serve(options: ServeOptions): Promise<Server> {
  const startedAt = Date.now()
  checkRoles(options)
  const claim = await claimIfNeeded(options)
  let system: System | undefined
  try {
    const functionLogs = new FunctionLogTails()
    system = await openSystem({
      ...options,
      onFunctionLog: (line) => {
        functionLogs.add(line)
        options.onFunctionLog(line)
      },
    })
    const metrics = new Registry()
    const opened = system
    const health = new SystemHealth(opened, systemClock)
    const snapshot = sharing(() => takeSnapshot(opened, systemClock))
    registerSystemMetrics(metrics, snapshot)
    const gateway = await createGateway(
      {
        streams: opened.streams,
        resources: opened.resources,
        index: opened.index,
        invoker: opened.runtime,
        asyncInvoker: opened.functions.asynchronous,
        functionAdministration: opened.functions.administration,
        functionNames: async () => opened.runtime.functions().map((each) => each.name),
        functionLogs,
        deadLetters: opened.deadLetters,
        replays: opened.replays,
        eventSourceMappings: opened.eventSourceMappings,
        metrics,
        stats: async () => collectStats(await snapshot(), startedAt),
        liveness: () => health.liveness(),
        readiness: (purpose) => health.readiness(purpose),
        version,
        clock: systemClock,
        requestId: () => crypto.randomUUID(),
        randomKey: () => crypto.randomUUID(),
        reportError: (error, request) => options.onWarning(`${request}: ${String(error)}`),
      },
      {
        host: options.host,
        port: options.port,
        apiKeys: options.apiKeys,
        accessKeys: options.accessKeys,
        allowedHosts: options.allowedHosts,
        trustProxy: options.trustProxy,
        statusOnly: !options.roles.has('gateway'),
        ...(options.tlsCert === undefined ? {} : { tlsCertificate: await readFile(options.tlsCert, 'utf8') }),
        ...(options.tlsKey === undefined ? {} : { tlsKey: await readFile(options.tlsKey, 'utf8') }),
      },
    )
    const { url } = await gateway.listen()
    await claim?.publish(url)
    return {
      url,
      system: opened,
      drain: async () => {
        health.drain()
        await new Promise<void>((resolve) => systemClock.schedule(options.drainDelayMs, resolve))
      },
      close: async () => {
        health.drain()
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
  if (standsAlone(backends)) return undefined
  return claimDataDirectory(dataDirectory, { create: true, kind: backends.kafka.length > 0 ? 'kafka' : 'embedded' })
}
