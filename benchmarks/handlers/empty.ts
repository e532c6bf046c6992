import type { BatchHandlerFactory, RecordOutcome } from '@millrace/function'

/** A batch handler that does nothing. */
export const createEmpty: BatchHandlerFactory = () => async (batch) =>
  Array.from<RecordOutcome>({ length: batch.length }).fill({ outcome: 'settled' })
