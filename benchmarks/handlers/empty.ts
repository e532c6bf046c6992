import type { BatchHandlerFactory, RecordOutcome } from '@millrace/function'

const settled: RecordOutcome = { outcome: 'settled' }

/** A batch handler that does nothing. */
export const createEmpty: BatchHandlerFactory = () => async (batch) => Array.from({ length: batch.length }, () => settled)
