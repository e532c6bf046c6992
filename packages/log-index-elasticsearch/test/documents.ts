import type { LogDocument } from '@millrace/log-index'

/** 2026-11-21, noon. */
export const noon: number = Date.UTC(2026, 10, 21, 12)

/** A document in the data stream `logs-<dataset>-<namespace>`. */
export function document(namespace: string, id: string, fields: object = {}, dataset = 'test'): LogDocument {
  const source = JSON.stringify({ '@timestamp': new Date(noon).toISOString(), ...fields })
  return { id, dataStream: `logs-${dataset}-${namespace}`, timestamp: noon, source }
}
