import { StreamClosedError } from '@millrace/stream'
import { errorOfRequest, KafkaConfigurationError, KafkaError } from './kafka-error.ts'
import {
  type ApiName,
  apiKeyOf,
  type Broker,
  type ConnectionSettings,
  closeBroker,
  createBroker,
  type WireRequest,
  wireRequest,
} from './kafkajs-internals.ts'

export interface NodesOptions extends ConnectionSettings {
  /** `host:port` each. */
  readonly brokers: readonly string[]
}

export interface TopicMetadata {
  readonly topicErrorCode: number
  readonly topic: string
  readonly partitionMetadata: readonly { readonly partitionErrorCode: number; readonly partitionId: number; readonly leader: number }[]
}

/** Where a broker is. */
export interface NodeAddress {
  readonly nodeId: number
  readonly host: string
  readonly port: number
}

interface ClusterMetadata {
  readonly brokers: readonly NodeAddress[]
  readonly controllerId: number
  readonly topicMetadata: readonly TopicMetadata[]
}

/** Versions that the adapter writes by itself: Fetch 11 and Produce 7, which Kafka has since 2.3. */
const needed: Readonly<Partial<Record<ApiName, number>>> = { Fetch: 11, Produce: 7 }

/** Version of Metadata. */
const topicIdsSince = 10

/**
 * Connections to the brokers of one cluster, made as they are needed: to each one for fetches, which a broker may hold, and one for everything else.
 * Answers are given as they are: an error code in them is the caller's.
 */
export class KafkaNodes {
  readonly #options: NodesOptions
  readonly #brokers = new Map<number, Promise<Broker>>()
  /** Shared with the siblings. */
  readonly #addresses: Map<number, NodeAddress>
  readonly #connecting = new Map<Broker, Promise<Broker>>()
  #seed: Promise<Broker> | undefined
  #bootstrapping: Promise<Broker> | undefined
  #controller = -1
  /** Newest version of Metadata that the broker knows which was connected last. */
  #metadataVersion = 0
  #closed = false

  constructor(options: NodesOptions, addresses: Map<number, NodeAddress> = new Map()) {
    this.#options = options
    this.#addresses = addresses
  }

  /** Other connections to the same cluster: for requests that a broker may hold. */
  sibling(): KafkaNodes {
    return new KafkaNodes(this.#options, this.#addresses)
  }

  /** Where brokers are, as one of them says. */
  learn(brokers: readonly NodeAddress[]): void {
    for (const address of brokers) this.#addresses.set(address.nodeId, address)
  }

  /** Sends to one node; `any` to whichever answers, `controller` to the one that makes topics. */
  async send<Answer>(node: number | 'any' | 'controller', api: ApiName, args: object): Promise<Answer> {
    const broker = await this.#find(node)
    return this.#exchange(broker, () => wireRequest(broker, api, args))
  }

  /** Sends a request that the caller made. */
  async sendRequest<Answer>(node: number | 'any' | 'controller', request: WireRequest): Promise<Answer> {
    const broker = await this.#find(node)
    return this.#exchange(broker, () => request)
  }

  /** Whether the brokers that were met give topics ids: Kafka 2.8 and newer. */
  knowsTopicIds(): boolean {
    return this.#metadataVersion >= topicIdsSince
  }

  /** Who leads what, of these topics. Topics that are not there are answered with their error code. */
  async metadata(topics: readonly string[]): Promise<readonly TopicMetadata[]> {
    const answer = await this.send<ClusterMetadata>('any', 'Metadata', { topics, allowAutoTopicCreation: false })
    this.#controller = answer.controllerId
    this.learn(answer.brokers)
    return answer.topicMetadata
  }

  /** Requests under way are rejected with `StreamClosedError`. */
  async close(): Promise<void> {
    this.#closed = true
    const all = [...this.#brokers.values(), ...(this.#seed === undefined ? [] : [this.#seed])]
    this.#brokers.clear()
    this.#seed = undefined
    await Promise.all(all.map(async (found) => closeBroker(await found, new StreamClosedError()).catch(() => {})))
  }

  async #exchange<Answer>(broker: Broker, make: () => WireRequest): Promise<Answer> {
    const { host, port } = broker.connectionPool
    try {
      const { request, response, requestTimeout = null } = make()
      // Only `decode`: `parse` would throw away all of an answer for the sake of one error code in it.
      const answer = { decode: response.decode, parse: async (decoded: unknown) => decoded }
      return (await broker.connectionPool.send({ request, response: answer, requestTimeout })) as Answer
    } catch (error) {
      throw errorOfRequest(error, `${host}:${port}`)
    }
  }

  async #find(node: number | 'any' | 'controller'): Promise<Broker> {
    if (this.#closed) throw new StreamClosedError()
    if (node === 'any') return this.#any()
    const nodeId = node === 'controller' ? this.#controller : node
    const address = this.#addresses.get(nodeId)
    if (address === undefined && node === 'controller') return this.#any()
    if (address === undefined) throw new KafkaError(`Broker ${nodeId} is not known (yet).`, 'BROKER_NOT_AVAILABLE', true)
    return this.#connected(await this.#at(address))
  }

  async #at(address: NodeAddress): Promise<Broker> {
    const { nodeId, host, port } = address
    const known = await this.#brokers.get(nodeId)
    if (known !== undefined) {
      if (known.connectionPool.host === host && known.connectionPool.port === port) return known
      this.#brokers.delete(nodeId)
      closeBroker(known, new KafkaError('The broker has moved.', 'UNREACHABLE', true)).catch(() => {})
    }
    // Whoever comes while it is made shares it.
    const made = this.#brokers.get(nodeId) ?? createBroker(host, port, this.#options)
    this.#brokers.set(nodeId, made)
    return made
  }

  /** One that is connected, else one that can be, else one of the addresses that the user gave. */
  async #any(): Promise<Broker> {
    for (const broker of this.#brokers.values()) {
      const found = await broker
      if (found.isConnected()) return found
    }
    for (const nodeId of this.#addresses.keys()) {
      try {
        return await this.#find(nodeId)
      } catch {
        // The next one may answer.
      }
    }
    this.#bootstrapping ??= this.#bootstrap().finally(() => {
      this.#bootstrapping = undefined
    })
    return this.#bootstrapping
  }

  async #bootstrap(): Promise<Broker> {
    const known = await this.#seed
    if (known?.isConnected() === true) return known
    let failure: unknown
    for (const address of this.#options.brokers) {
      const [, host, port] = /^(.*):(\d+)$/.exec(address) as unknown as readonly [string, string, string]
      const seed = createBroker(host.replace(/^\[(.*)\]$/, '$1'), Number(port), this.#options)
      try {
        const found = await this.#connected(await seed)
        if (known !== undefined) closeBroker(known, new StreamClosedError()).catch(() => {})
        this.#seed = seed
        return found
      } catch (error) {
        failure = error
        // Wrong credentials are wrong everywhere.
        if (error instanceof KafkaConfigurationError) throw error
      }
    }
    throw failure
  }

  /** Whoever comes while it is being connected shares the attempt: one that fails closes what there is. */
  #connected(broker: Broker): Broker | Promise<Broker> {
    if (broker.isConnected()) return broker
    let connecting = this.#connecting.get(broker)
    if (connecting === undefined) {
      connecting = this.#connect(broker).finally(() => this.#connecting.delete(broker))
      this.#connecting.set(broker, connecting)
    }
    return connecting
  }

  async #connect(broker: Broker): Promise<Broker> {
    const { host, port } = broker.connectionPool
    try {
      await broker.connect()
    } catch (error) {
      const failure = errorOfRequest(error, `${host}:${port}`)
      // The connection may stand, and only the credentials have failed.
      await closeBroker(broker, failure).catch(() => {})
      throw failure
    }
    this.#metadataVersion = broker.versions?.[apiKeyOf('Metadata')]?.maxVersion ?? 0
    for (const [api, version] of Object.entries(needed)) {
      const range = broker.versions?.[apiKeyOf(api as ApiName)]
      if (range !== undefined && (range.maxVersion < version || range.minVersion > version)) {
        throw new KafkaConfigurationError(
          `Kafka at ${host}:${port} does not have version ${version} of ${api} (it has ${range.minVersion} to ${range.maxVersion}); Kafka 2.3 or newer is needed.`,
          ['brokers'],
        )
      }
    }
    return broker
  }
}
