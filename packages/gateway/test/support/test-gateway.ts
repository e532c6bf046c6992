import { FunctionNotFoundError } from '@millrace/function'
import type { AsyncInvoker, InvocationResult, Invoker, Payload, ReplayEvent, ReplayRequest, Replays } from '@millrace/function'
import type { LogSearch, SearchRequest, SearchResult } from '@millrace/log-index'
import { createMemoryStreams } from '@millrace/stream'
import type { DeadLetterStore, ResourceStore, StreamRegistry } from '@millrace/stream'
import type { FastifyInstance } from 'fastify'
import { Registry } from 'prom-client'
import { buildServer } from '../../src/build-server.ts'
import { parseGatewayOptions } from '../../src/gateway-options.ts'
import type { FunctionLogs } from '../../src/function-logs/function-logs.ts'
import type { GatewayOptions } from '../../src/gateway-options.ts'
import type { GatewayClock, GatewayServices, Liveness, Readiness, ReadinessPurpose } from '../../src/gateway-services.ts'
import { FakeDeadLetters } from './fake-dead-letters.ts'
import { FakeEventSourceMappings } from './fake-event-source-mappings.ts'
import { FakeFunctionAdministration } from './fake-function-administration.ts'
import { FakeStreams } from './fake-streams.ts'

/** Services that remember what they were asked, and answer what a test tells them to. */
export class FakeServices implements GatewayServices {
  readonly fakeStreams: FakeStreams = new FakeStreams()
  readonly fakeLetters: FakeDeadLetters = new FakeDeadLetters()
  /** The fake ones, unless a test puts others there. */
  streams: StreamRegistry = this.fakeStreams as unknown as StreamRegistry
  resources: ResourceStore = createMemoryStreams().resources
  deadLetters: DeadLetterStore = this.fakeLetters
  readonly eventSourceMappings: FakeEventSourceMappings = new FakeEventSourceMappings()
  readonly functionAdministration: FakeFunctionAdministration = new FakeFunctionAdministration()
  readonly asyncInvoker: AsyncInvoker = {
    invokeAsync: async (name, json) => {
      if (name !== 'hello') throw new FunctionNotFoundError(name, ['hello'])
      this.events.push({ name, json })
      return { requestId: 'event-1' }
    },
  }
  readonly replayRequests: ReplayRequest[] = []
  replayEvents: (signal: AbortSignal) => AsyncIterable<ReplayEvent> = async function* () {}
  readonly replays: Replays = {
    start: async (request, signal) => {
      this.replayRequests.push(request)
      return this.replayEvents(signal)
    },
  }
  readonly logQueries: object[] = []
  readonly functionLogs: FunctionLogs = {
    read: (name, query) => {
      this.logQueries.push({ name, ...query })
      return { lines: [], missed: 0, next: query.after }
    },
  }
  readonly metrics: Registry = new Registry()
  readonly version = '1.2.3'
  readonly searches: SearchRequest[] = []
  readonly invocations: { name: string; payload: Payload }[] = []
  readonly events: { name: string; json: string }[] = []
  readonly errors: unknown[] = []
  readonly clock: GatewayClock
  live: Liveness = { live: true, reasons: [] }
  ready: Readiness = { ready: true, reasons: [], warnings: [] }
  readonly purposes: ReadinessPurpose[] = []
  searchResult: (request: SearchRequest) => Promise<SearchResult> = async () => ({ hits: [], aggregations: {}, tookMs: 1 })
  invocation: () => Promise<InvocationResult> = async () => success('{"ok":true}')
  #keys = 0
  #requests = 0

  constructor(clock: GatewayClock = systemClock) {
    this.clock = clock
  }

  readonly index: LogSearch = {
    search: (request) => {
      this.searches.push(request)
      return this.searchResult(request)
    },
    getByIds: async (names) => names.map(() => undefined),
    stats: async () => ({ documents: 0, bytes: 0 }),
  }
  readonly invoker: Invoker = {
    invoke: async (name, payload) => {
      if (name !== 'hello') throw new FunctionNotFoundError(name, ['hello'])
      this.invocations.push({ name, payload })
      return this.invocation()
    },
    acquire: () => Promise.reject(new Error('The gateway acquires nothing.')),
  }
  async functionNames(): Promise<readonly string[]> {
    return ['hello']
  }
  async stats(): Promise<object> {
    return { received: 3 }
  }
  async liveness(): Promise<Liveness> {
    return this.live
  }
  async readiness(purpose: ReadinessPurpose): Promise<Readiness> {
    this.purposes.push(purpose)
    return this.ready
  }
  randomKey(): string {
    return `key-${this.#keys++}`
  }
  requestId(): string {
    return `request-${++this.#requests}`
  }
  reportError(error: unknown): void {
    this.errors.push(error)
  }
}

const systemClock: GatewayClock = {
  now: () => Date.now(),
  schedule: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs).unref()
    return () => clearTimeout(timer)
  },
}

export function success(json: string): InvocationResult {
  const report = { durationMs: 1.234, billedDurationMs: 2, memorySizeMb: 128, maxMemoryUsedMb: 40 }
  return { kind: 'success', json, requestId: 'r-1', report, logTail: 'START RequestId: r-1\nEND RequestId: r-1\n' }
}

/** What is injected has no connection that could be cut: the time for that does not come while a test runs. */
const lingerMs = 3_600_000

/** A server that does not listen, for `inject`. */
export function testServer(
  options: GatewayOptions = {},
  services: FakeServices = new FakeServices(),
): { server: FastifyInstance; services: FakeServices } {
  // A further server over the same services counts anew.
  services.metrics.clear()
  return {
    server: buildServer(services, parseGatewayOptions({ lingerTimeoutMs: lingerMs, ...options }), new AbortController().signal),
    services,
  }
}
