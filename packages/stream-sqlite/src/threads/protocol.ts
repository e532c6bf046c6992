/** One call to a storage thread. */
export interface Call {
  readonly id: number
  readonly method: string
  readonly args: readonly unknown[]
}

/** Its answer. */
export type Answer = { readonly id: number; readonly result: unknown } | { readonly id: number; readonly failure: Failure }

/**
 * Why a call failed. Error classes do not travel between threads, so that it is told what the other side makes of it:
 * `storage` passes (a full disk), `newer` is a schema of a later version, and `internal` is everything else.
 */
export type Failure =
  | { readonly kind: 'storage' | 'internal'; readonly message: string }
  | { readonly kind: 'newer'; readonly found: number; readonly known: number }
