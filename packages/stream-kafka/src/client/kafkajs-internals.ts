import { createRequire } from 'node:module'
import type { ConnectionOptions } from 'node:tls'
import type { SASLOptions } from 'kafkajs'

/*
 * The parts of kafkajs that the adapter stands on: connections with TLS and SASL, and the requests of the protocol. Its consumer and producer are left
 * out. The consumer commits for partitions that are another member's by now, begins anew at the wrong end when a checkpoint is out of range, and waits for every
 * batch of a fetch; the producer reports one outcome for a whole request. kafkajs is pinned to the version whose internals these are.
 */
const load = createRequire(import.meta.url)

/** One kind of request in one version. */
interface RequestDefinition {
  protocol(options: { readonly version: number }): (args: object) => WireRequest
}

/** A request that is ready to be encoded, and how its answer is read. */
export interface WireRequest {
  readonly request: {
    readonly apiKey: number
    readonly apiVersion: number
    readonly apiName: string
    readonly encode: () => Promise<WireBytes>
  }
  readonly response: { readonly decode: (payload: Buffer) => Promise<unknown>; readonly parse: (decoded: unknown) => Promise<unknown> }
  /** Milliseconds; null for the connection's own. */
  readonly requestTimeout?: number | null
}

/** What kafkajs takes for encoded bytes. */
export interface WireBytes {
  readonly buf: Buffer
  readonly buffer: Buffer
}

interface Connection {
  readonly requestQueue: RequestQueue
  readonly socket?: { destroy(): void }
  isConnected(): boolean
  connect(): Promise<unknown>
  disconnect(): Promise<unknown>
  rejectRequests(error: Error): void
}

export interface ConnectionPool {
  readonly host: string
  readonly port: number
  readonly pool: readonly Connection[]
  getConnection(index?: number): Promise<Connection>
  send(request: WireRequest): Promise<unknown>
}

interface RequestQueue {
  readonly pending: readonly unknown[]
  scheduleCheckPendingRequests(): void
}

export interface Broker {
  readonly connectionPool: ConnectionPool
  readonly versions: Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>> | null
  isConnected(): boolean
  connect(): Promise<void>
  lookupRequest(apiKey: number, definition: RequestDefinition): (args: object) => WireRequest
}

interface Logger {
  namespace(name: string): Logger
}

export interface ConnectionSettings {
  readonly clientId: string
  readonly ssl: boolean | ConnectionOptions
  readonly sasl: SASLOptions | undefined
  readonly connectionTimeoutMs: number
  readonly requestTimeoutMs: number
}

export type ApiName =
  | 'Metadata'
  | 'ListOffsets'
  | 'OffsetCommit'
  | 'OffsetFetch'
  | 'GroupCoordinator'
  | 'JoinGroup'
  | 'SyncGroup'
  | 'Heartbeat'
  | 'LeaveGroup'
  | 'CreateTopics'
  | 'CreatePartitions'
  | 'DeleteTopics'
  | 'DeleteGroups'
  | 'DescribeGroups'
  | 'DescribeConfigs'
  | 'InitProducerId'
  | 'Fetch'
  | 'Produce'

const BrokerClass = load('kafkajs/src/broker') as new (options: {
  connectionPool: ConnectionPool
  logger: Logger
  authenticationTimeout: number
  allowAutoTopicCreation: boolean
}) => Broker
const connectionPoolBuilder = load('kafkajs/src/cluster/connectionPoolBuilder') as (options: object) => {
  build(destination: { readonly host: string; readonly port: number }): Promise<ConnectionPool>
}
const { requests } = load('kafkajs/src/protocol/requests') as { readonly requests: Readonly<Record<ApiName, RequestDefinition>> }
const apiKeys = load('kafkajs/src/protocol/requests/apiKeys') as Readonly<Record<ApiName, number>>
const { createErrorFromCode } = load('kafkajs/src/protocol/error') as {
  readonly createErrorFromCode: (code: number) => Error & { readonly type: string; readonly retriable: boolean }
}
const { createLogger } = load('kafkajs/src/loggers') as {
  readonly createLogger: (options: { level: number; logCreator: () => () => void }) => Logger
}
const createSocketFactory = load('kafkajs/src/network/socketFactory') as () => unknown

/** What goes wrong is thrown, and told where it is handled: kafkajs's own log would tell it a second time. */
const silent = createLogger({ level: 0, logCreator: () => () => {} })

/** A broker at an address, not connected yet. */
export async function createBroker(host: string, port: number, settings: ConnectionSettings): Promise<Broker> {
  const builder = connectionPoolBuilder({
    socketFactory: createSocketFactory(),
    brokers: [`${host}:${port}`],
    ssl: settings.ssl === true ? {} : settings.ssl === false ? null : settings.ssl,
    sasl: settings.sasl ?? null,
    clientId: settings.clientId,
    connectionTimeout: settings.connectionTimeoutMs,
    requestTimeout: settings.requestTimeoutMs,
    enforceRequestTimeout: true,
    logger: silent,
  })
  const connectionPool = await builder.build({ host, port })
  for (const { requestQueue } of connectionPool.pool) idleTimersOff(requestQueue)
  connectOnce(connectionPool)
  return new BrokerClass({
    connectionPool,
    logger: silent,
    authenticationTimeout: settings.connectionTimeoutMs,
    allowAutoTopicCreation: false,
  })
}

/** After every answer kafkajs sets a timer, to a time long past, for requests that wait: Node warns of it. Only where some do is there a reason to. */
function idleTimersOff(queue: RequestQueue): void {
  const schedule = queue.scheduleCheckPendingRequests.bind(queue)
  queue.scheduleCheckPendingRequests = () => {
    if (queue.pending.length > 0) schedule()
  }
}

/** Requests that come while a connection is made share it: kafkajs would make one for each, and keep the last. */
function connectOnce(connectionPool: ConnectionPool): void {
  const connecting = new Map<Connection, Promise<unknown>>()
  connectionPool.getConnection = async (index = 0) => {
    const connection = connectionPool.pool[index] as Connection
    if (connection.isConnected()) return connection
    let made = connecting.get(connection)
    if (made === undefined) {
      made = connection.connect().finally(() => connecting.delete(connection))
      connecting.set(connection, made)
    }
    await made
    return connection
  }
}

/** Ends a broker's connections. Requests under way are rejected at once, however long the broker would hold them. */
export async function closeBroker(broker: Broker, reason: Error): Promise<void> {
  await Promise.all(
    broker.connectionPool.pool.map(async (connection) => {
      connection.rejectRequests(reason)
      // Only what is open: ending a socket again leaves a listener on it each time.
      if (connection.isConnected()) await connection.disconnect()
      else connection.socket?.destroy()
    }),
  )
}

/** Makes a request in the newest version that both sides know. */
export function wireRequest(broker: Broker, api: ApiName, args: object): WireRequest {
  return broker.lookupRequest(apiKeys[api], requests[api])(args)
}

/** Makes a request in one version, whatever the broker knows. */
export function wireRequestOf(api: ApiName, version: number, args: object): WireRequest {
  return requests[api].protocol({ version })(args)
}

export function apiKeyOf(api: ApiName): number {
  return apiKeys[api]
}

/** Kafka's name for an error code, and whether it says of itself that it may pass. */
export function describeCode(code: number): { readonly type: string; readonly retryable: boolean; readonly message: string } {
  const { type, retriable, message } = createErrorFromCode(code)
  return { type, retryable: retriable, message }
}
