import type { AsyncInvoker, EventSourceMappings, FunctionAdministration, Invoker, Replays } from '@millrace/function'
import type { LogSearch } from '@millrace/log-index'
import type { DeadLetterStore, ResourceStore, StreamRegistry } from '@millrace/stream'
import type { Registry } from 'prom-client'
import type { FunctionLogs } from './function-logs/function-logs.ts'

/** Time as the gateway sees it. */
export interface GatewayClock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls back once after `delayMs`; the function answered cancels. */
  schedule(delayMs: number, callback: () => void): () => void
}

/** Whether this process works at all. One that does not should be started anew. */
export interface Liveness {
  readonly live: boolean
  /** What has failed, in words; empty when it lives. */
  readonly reasons: readonly string[]
}

/** Whether this process can do its work. */
export interface Readiness {
  readonly ready: boolean
  /** What is missing, in words; empty when ready. */
  readonly reasons: readonly string[]
  /** What does not work as it should, though nothing would be won by asking another process. */
  readonly warnings: readonly string[]
}

/** What a process is asked to be ready for: all that it is there for, or one kind of request. */
export const readinessPurposes = ['all', 'ingest', 'search'] as const
export type ReadinessPurpose = (typeof readinessPurposes)[number]

/** What stands behind the gateway. The composition root hands it in, and closes it after the gateway. */
export interface GatewayServices {
  readonly streams: StreamRegistry
  /** Of the streams' consumers, tags and settings, among others. */
  readonly resources: ResourceStore
  readonly index: LogSearch
  readonly invoker: Invoker
  /** Names of the functions that can be invoked. */
  functionNames(): Promise<readonly string[]>
  readonly functionLogs: FunctionLogs
  readonly asyncInvoker: AsyncInvoker
  readonly eventSourceMappings: EventSourceMappings
  readonly functionAdministration: FunctionAdministration
  readonly replays: Replays
  readonly deadLetters: DeadLetterStore
  /** The gateway adds its own metrics, all named `millrace_…`, and serves the whole registry. */
  readonly metrics: Registry
  /** Body of `GET /stats`: anything that JSON can say. */
  stats(): Promise<object>
  /** Cheap, and bounded in time. */
  liveness(): Promise<Liveness>
  /** Cheap, and bounded in time. */
  readiness(purpose: ReadinessPurpose): Promise<Readiness>
  /** Of Millrace, e.g. `0.1.0`. */
  readonly version: string
  readonly clock: GatewayClock
  /** A new id for a request of an API of AWS's: a UUID. */
  requestId(): string
  /** A new random partition key, at most 256 characters. */
  randomKey(): string
  /** Is told of every error that was not the client's: they are answered with 500 and would be lost otherwise. */
  reportError(error: unknown, request: string): void
}
