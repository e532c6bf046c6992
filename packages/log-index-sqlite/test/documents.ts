import type { LogDocument } from '@millrace/log-index'

export const day = 86_400_000
export const noon: number = Date.UTC(2026, 10, 21, 12)

/** Documents with ids `prefix-0` and on, a millisecond apart. */
export function someDocuments(prefix: string, count: number, timestamp: number = noon): LogDocument[] {
  return Array.from({ length: count }, (_, at) => {
    const message = `line ${at} of ${prefix}`
    const source = JSON.stringify({ '@timestamp': new Date(timestamp + at).toISOString(), message })
    return { id: `${prefix}-${at.toString(36)}`, dataStream: 'logs-generic-default', timestamp: timestamp + at, source }
  })
}
