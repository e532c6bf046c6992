import type { EventSourceMapper } from '../event-source-mapper.ts'
import { processingResult } from './processing-results.ts'

/** A mapper at work, from its start to its end. */
export class RunningMapper {
  readonly mapper: EventSourceMapper
  readonly #stopping = new AbortController()
  /** Resolves when it has ended: with what it ended by itself with, undefined when it was stopped. */
  readonly ended: Promise<Error | undefined>
  #looked = { invocations: 0, failedInvocations: 0 }

  constructor(mapper: EventSourceMapper) {
    this.mapper = mapper
    this.ended = mapper.run(this.#stopping.signal).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    )
  }

  /** What was processed since the last look, in Lambda's words; undefined for nothing. */
  look(): string | undefined {
    const before = this.#looked
    const { invocations, failedInvocations } = this.mapper.stats()
    this.#looked = { invocations, failedInvocations }
    return processingResult(before, this.#looked)
  }

  /** Settles the invocations in hand, and resolves when it has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The mapping is stopped.'))
    await this.ended
  }
}
