import { setTimeout as wait } from 'node:timers/promises'
import type { EventSourceMappingConfiguration, EventSourceMappingState } from '@millrace/function'
import { CommandError } from '../options/usage-error.ts'
import { allPages } from './all-pages.ts'
import type { GatewayClient } from './gateway-client.ts'

type Mapping = EventSourceMappingConfiguration

const path = '/2015-03-31/event-source-mappings'
const transient: ReadonlySet<EventSourceMappingState> = new Set(['Creating', 'Enabling', 'Disabling', 'Updating', 'Deleting'])
const pollMs = 100
/** A mapping lets the work in hand end first. */
const settleMaxMs = 120_000

/** The mappings of a running millrace, by the names that people give them. */
export class MappingClient {
  readonly #client: GatewayClient
  readonly #signal: AbortSignal

  constructor(client: GatewayClient, signal: AbortSignal) {
    this.#client = client
    this.#signal = signal
  }

  list(): Promise<readonly Mapping[]> {
    return allPages<Mapping>(this.#client, path, 'EventSourceMappings', this.#signal)
  }

  /** By its UUID or the beginning of it, `STREAM:FUNCTION`, or the name of a function that has one alone. Throws `CommandError`. */
  async find(name: string): Promise<Mapping> {
    const all = await this.list()
    const found = all.filter((mapping) => isCalled(mapping, name))
    const [first] = found
    if (first !== undefined && found.length === 1) return first
    const names = (found.length === 0 ? all : found).map((mapping) => `${titleOf(mapping)} (${mapping.UUID})`)
    if (first !== undefined) throw new CommandError(`${JSON.stringify(name)} means several mappings: ${names.join(', ')}.`)
    throw new CommandError(
      `No mapping is called ${JSON.stringify(name)} (${names.length === 0 ? 'there are none' : `there is ${names.join(', ')}`}).`,
    )
  }

  create(request: object): Promise<Mapping> {
    return this.#client.json<Mapping>('POST', path, request, this.#signal)
  }

  update(uuid: string, request: object): Promise<Mapping> {
    return this.#client.json<Mapping>('PUT', `${path}/${uuid}`, request, this.#signal)
  }

  delete(uuid: string): Promise<Mapping> {
    return this.#client.json<Mapping>('DELETE', `${path}/${uuid}`, undefined, this.#signal)
  }

  /** The mapping once it is in no transition; undefined once it is gone. Throws `CommandError` where that takes too long. */
  async settled(uuid: string): Promise<Mapping | undefined> {
    for (let waitedMs = 0; waitedMs < settleMaxMs; waitedMs += pollMs) {
      const mapping = (await this.list()).find((each) => each.UUID === uuid)
      if (mapping === undefined || !transient.has(mapping.State)) return mapping
      await wait(pollMs, undefined, { signal: this.#signal })
    }
    throw new CommandError(
      `The mapping ${uuid} was asked to change, and is still about it after ${settleMaxMs / 1000} s: look with "millrace mapping describe".`,
    )
  }
}

export function streamOf({ EventSourceArn, Topics }: Mapping): string {
  return EventSourceArn?.split('/').at(-1) ?? (Topics === undefined ? '?' : `kafka://${Topics[0]}`)
}

export function functionOf({ FunctionArn }: Mapping): string {
  return FunctionArn.split(':').slice(6).join(':')
}

/** `logs > log-indexer` */
export function titleOf(mapping: Mapping): string {
  return `${streamOf(mapping)} > ${functionOf(mapping)}`
}

function isCalled(mapping: Mapping, name: string): boolean {
  if (name === functionOf(mapping) || name === `${streamOf(mapping)}:${functionOf(mapping)}`) return true
  return /^[0-9a-f-]{4,36}$/i.test(name) && mapping.UUID.startsWith(name.toLowerCase())
}
