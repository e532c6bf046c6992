import type { DeadLetterStore } from '../dead-letters.ts'
import type { ResourceStore } from '../resources.ts'
import type { StreamRegistry } from '../stream.ts'

export interface StreamSubjectOptions {
  /** Bound of the bytes that wait to be written, for the tests of back-pressure. */
  readonly pendingBytesMax?: number
}

/** A backend under test, with nothing in it. */
export interface StreamSubject {
  readonly registry: StreamRegistry
  /** Moves the backend's clock on. Needed where the features say `manualTime`. */
  advance?(milliseconds: number): Promise<void>
  /** Removes what is too old by now. Needed where the features say `manualTime`. */
  enforceRetention?(): Promise<void>
  /** Closes, and opens what is stored again. Needed where the features say `durable`. */
  reopen?(): Promise<StreamRegistry>
  /** Ends everything; also what was reopened. */
  dispose(): Promise<void>
}

export type StreamSubjectFactory = (options: StreamSubjectOptions) => Promise<StreamSubject>

/** What a backend can be asked. What it lacks is not tested. */
export interface StreamFeatures {
  /** What was stored is there after `reopen`. */
  readonly durable: boolean
  /** Time moves by `advance` alone. */
  readonly manualTime: boolean
}

export interface DeadLetterSubject {
  readonly deadLetters: DeadLetterStore
  /** Closes, and opens what is stored again; needed where letters are durable. */
  reopen?(): Promise<DeadLetterStore>
  dispose(): Promise<void>
}

export interface ResourceSubject {
  readonly resources: ResourceStore
  /** The same as another process sees it, where a backend can be shared. */
  other?(): Promise<ResourceStore>
  /** Closes, and opens what is stored again; needed where resources are durable. */
  reopen?(): Promise<ResourceStore>
  dispose(): Promise<void>
}
