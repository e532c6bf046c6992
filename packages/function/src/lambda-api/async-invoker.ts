/** Asynchronous invocation: Lambda's InvocationType Event. */
export interface AsyncInvoker {
  /**
   * Resolves once the event is kept durably; the function is invoked with it later, and again after failures. Rejects with `FunctionNotFoundError`,
   * `PayloadTooLargeError` (over 1 MB), `TooManyRequestsError` (no more is kept at present), `InvokerClosedError`.
   */
  invokeAsync(functionName: string, json: string): Promise<{ readonly requestId: string }>
}
