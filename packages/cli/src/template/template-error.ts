/** A template that cannot be used. The message names the file and the line. */
export class TemplateError extends Error {
  readonly retryable = false
  override readonly name = 'TemplateError'
  constructor(file: string, line: number | undefined, message: string) {
    super(`${file}${line === undefined ? '' : `:${line}`}: ${message}`)
  }
}
