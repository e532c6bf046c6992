import { StreamError } from '@millrace/stream'

/** Bytes of a topic that cannot be taken apart: damaged, compressed in an unknown way, or larger than any batch may be. */
export class RecordFormatError extends StreamError {
  readonly retryable = false
}
