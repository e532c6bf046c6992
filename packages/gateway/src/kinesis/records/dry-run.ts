import { KinesisError } from '../kinesis-error.ts'

/** Throws `DryRunOperationException` where a request only asks whether it would succeed: it would. */
export function checkDryRun({ DryRun }: { readonly DryRun?: boolean }): void {
  if (DryRun === true) throw new KinesisError('DryRunOperationException', 'Request would have succeeded, but DryRun flag is set.')
}
