/** What became of the records handed over. Each is counted once at most; what is not counted is under way. */
export interface DeliveryTally {
  readonly acceptedRecords: number
  readonly acceptedBytes: number
  readonly refusedRecords: number
  readonly refusedLines: number
  /** The server's words for the first refusal. */
  readonly firstRefusal: string | undefined
  /** Neither accepted nor kept in a spool. */
  readonly unsentRecords: number
  readonly unsentLines: number
  /** Of this run, and on disk. */
  readonly spooledRecords: number
  readonly spooledLines: number
  /** Left by earlier runs: accepted, refused, and still there. */
  readonly earlierAcceptedRecords: number
  readonly earlierRefusedRecords: number
  readonly earlierSpooledRecords: number
}
