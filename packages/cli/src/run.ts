import { CommanderError } from 'commander'
import { UsageError } from './options/usage-error.ts'
import { buildProgram } from './program.ts'

/** What the exit code says: 0 done, 1 not done, 2 the command line cannot be meant, 130 interrupted. */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const

/** Runs the command line and sets the exit code. Errors are one sentence on stderr; `MILLRACE_DEBUG=1` adds the stack. */
export async function run(argv: readonly string[]): Promise<void> {
  // `millrace search | head` ends when head does.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.done)
    throw error
  })
  const interrupted = new AbortController()
  const interrupt = (signal: NodeJS.Signals): void => {
    // The first asks to end what is in hand; a second one does not wait for it.
    if (interrupted.signal.aborted) process.exit(exitCodes.interrupted)
    interrupted.abort(new InterruptedError(signal))
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  try {
    await buildProgram(interrupted.signal).parseAsync(argv, { from: 'user' })
  } catch (error) {
    process.exitCode = report(error)
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}

/** SIGINT or SIGTERM. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
  constructor(signal: string) {
    super(`ended by ${signal}`)
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
  if (error instanceof InterruptedError || (error instanceof Error && error.cause instanceof InterruptedError)) return exitCodes.interrupted
  const message = error instanceof Error ? error.message : String(error)
  console.error(`millrace: ${message}`)
  if (process.env.MILLRACE_DEBUG === '1') console.error(error)
  return error instanceof UsageError ? exitCodes.usage : exitCodes.failed
}
