import type { Coordination } from '../coordination.ts'

/** A backend under test, with nothing in it. */
export interface CoordinationSubject {
  /** What one process has of it. Called several times where the features say `shared`. */
  open(): Promise<Coordination>
  /** Ends everything, also what was opened. */
  dispose(): Promise<void>
}

/** What a backend can be asked. What it lacks is not tested. */
export interface CoordinationFeatures {
  /** Everything that `open` answers shares the same limits. */
  readonly shared: boolean
}

/** Promises of the contract by what they say, each with its test. */
export type Promises = Readonly<Record<string, (subject: CoordinationSubject) => Promise<void>>>
