/** How a function stands in the runtime that this mapper invokes it in: what explains a lack of concurrency beside the mapper itself. */
export interface FunctionLoad {
  /** Execution environments that are there, and those of them that are still starting. */
  readonly environments: number
  readonly startingEnvironments: number
  /** Invocations that wait for an environment. */
  readonly queuedInvocations: number
  /** Executions at present, and how many are allowed, of this function or of all that share its limit. */
  readonly concurrentExecutions: number
  readonly concurrencyMax: number
}
