import type { KnownMapping } from '@millrace/event-source-mapper'
import type { Liveness, Readiness, ReadinessPurpose } from '@millrace/gateway'
import type { Clock } from '@millrace/stream'
import type { Part, System } from '../system.ts'
import { Probe, type ProbeResult } from './probe.ts'

const freshMs = 1_000
const timeoutMs = 2_000
/** A thread may be held up by a slow disk; after so long it is taken for lost. */
const threadTimeoutMs = 30_000

/**
 * What `/healthz` and `/readyz` say. Live: this process works, and nothing in it has failed for good; what is outside of it (Kafka, Elasticsearch) has no part in
 * that, since a new process would not bring it back. Ready: it can do what it is asked for.
 */
export class SystemHealth {
  readonly #system: System
  readonly #probes: ReadonlyMap<Part, Probe>
  #failure: Error | undefined
  #isDraining = false

  constructor(system: System, clock: Clock) {
    this.#system = system
    this.#probes = new Map(system.parts.map((part) => [part, new Probe({ clock, freshMs, timeoutMs, ask: () => part.ping() })]))
    void system.failed.then((error) => (this.#failure = error))
  }

  /** From now on the process is not ready. */
  drain(): void {
    this.#isDraining = true
  }

  async liveness(): Promise<Liveness> {
    const reasons = this.#failure === undefined ? [] : [this.#failure.message]
    for (const [{ name, embedded }, result] of await this.#check()) {
      if (!embedded || result.ok || result.failingMs < threadTimeoutMs) continue
      reasons.push(`The thread of the ${name} has not answered for ${Math.round(result.failingMs / 1000)} s: ${result.reason}`)
    }
    return { live: reasons.length === 0, reasons }
  }

  /**
   * An index that is away is no reason against ingest: records are safe in the stream, every other process has the same index, and taking all of them out of a
   * load balancer would turn accepted records into refused ones.
   */
  async readiness(purpose: ReadinessPurpose): Promise<Readiness> {
    const reasons: string[] = []
    const warnings: string[] = []
    if (this.#isDraining) reasons.push('The process is shutting down.')
    if (this.#failure !== undefined) reasons.push(this.#failure.message)
    if (purpose !== 'all' && !this.#system.roles.has('gateway'))
      reasons.push(`The process has not the role gateway: it takes no ${purpose}.`)
    for (const [{ name }, result] of await this.#check()) {
      if (result.ok) continue
      const isNeeded = name === 'index' ? purpose === 'search' : purpose !== 'search'
      const into = isNeeded ? reasons : warnings
      into.push(`The ${name} does not answer: ${result.reason}`)
    }
    if (this.#system.roles.has('mapper')) await this.#lookAtMappings(purpose === 'all' ? reasons : warnings, warnings)
    if (this.#system.coordination.stats().degraded) warnings.push('Redis does not answer: this process goes by its part of the limits.')
    return { ready: reasons.length === 0, reasons, warnings }
  }

  async #check(): Promise<readonly (readonly [Part, ProbeResult])[]> {
    return Promise.all([...this.#probes].map(async ([part, probe]) => [part, await probe.check()] as const))
  }

  async #lookAtMappings(apart: string[], held: string[]): Promise<void> {
    for (const mapping of this.#system.mappings) {
      const { definition, mapper } = mapping
      const name = `${definition.streamName} > ${definition.functionName}`
      const { reason, message } = mapper.explain()
      if (reason === 'disabled') continue
      if (!mapping.isRunning) held.push(`${name}: this process does not run the mapping: its function or its stream is not there.`)
      else if (!(await this.#takesPart(mapping))) apart.push(`${name}: this process takes no part in sharing out the shards (yet).`)
      else if (reason === 'function-unavailable' || reason === 'dead-letters-failing') held.push(`${name}: ${message}`)
    }
  }

  /** Over Kafka: has joined the consumer group. It may have no shard, where there are more processes than shards. */
  async #takesPart({ definition }: KnownMapping): Promise<boolean> {
    try {
      return (await this.#system.sourceOf(definition)).isSubscribed(definition.uuid)
    } catch {
      return false
    }
  }
}
