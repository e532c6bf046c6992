import type { Context, KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda'

const slowRequestMs = Number(process.env.SLOW_REQUEST_MS ?? 1000)

/**
 * Prints an alert for every JSON line that tells of a failed or slow request. A line that cannot be read is reported as failed: it is tried again,
 * and ends with the dead letters, where `millrace dead-letters list` shows it.
 */
export async function handler(event: KinesisStreamEvent, context: Context): Promise<KinesisStreamBatchResponse> {
  const batchItemFailures: { itemIdentifier: string }[] = []
  let alerts = 0
  for (const { kinesis } of event.Records) {
    const line = Buffer.from(kinesis.data, 'base64').toString('utf8')
    if (!line.startsWith('{')) continue
    try {
      const request = JSON.parse(line) as { status?: number; durationMs?: number; path?: string }
      if ((request.status ?? 0) >= 500 || (request.durationMs ?? 0) > slowRequestMs) {
        alerts++
        console.warn(`ALERT ${request.path ?? '-'} answered ${request.status ?? '-'} in ${request.durationMs ?? '-'} ms`)
      }
    } catch (error) {
      console.error(`cannot read ${kinesis.sequenceNumber}: ${(error as Error).message}`)
      batchItemFailures.push({ itemIdentifier: kinesis.sequenceNumber })
      // Everything from the first failed record on is tried again: no need to look further.
      break
    }
  }
  console.info(`${event.Records.length} records, ${alerts} alerts, ${context.getRemainingTimeInMillis()} ms left`)
  return { batchItemFailures }
}
