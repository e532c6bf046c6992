import type { z } from 'zod'
import { HttpError } from './http-error.ts'

/** Checks a query or a JSON body. Throws 400 that says what is wrong, and where. */
export function parseInput<Value>(schema: z.ZodType<Value>, input: unknown, what: string): Value {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues
    .slice(0, 5)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
  throw new HttpError(400, 'invalid-request', `The ${what} is not valid: ${problems.join('; ')}.`)
}
