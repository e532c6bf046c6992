/**
 * - `shared`: Redis answers.
 * - `unanswered`: it does not, and what is leased may be used until it expires.
 * - `alone`: every lease has expired, and the process goes by its part of each limit.
 */
export type State = 'shared' | 'unanswered' | 'alone'

export interface StateChange {
  readonly state: State
  /** A sentence for the log. */
  readonly message: string
}
