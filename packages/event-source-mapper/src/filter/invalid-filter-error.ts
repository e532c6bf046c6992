/** A filter that cannot be: Lambda's InvalidParameterValueException. The message names the place in the pattern, and what is wrong with it. */
export class InvalidFilterError extends Error {
  readonly retryable = false
  override readonly name = 'InvalidFilterError'

  constructor(place: string, problem: string) {
    super(`Invalid filter pattern definition. ${place}: ${problem}.`)
  }
}

/** A value of a pattern in a message, not longer than is readable. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
