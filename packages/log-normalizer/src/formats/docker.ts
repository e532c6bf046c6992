import { isPlausible } from '../accept-timestamp.ts'
import type { LineFormat } from '../line-format.ts'
import { parseObject } from '../parse-object.ts'
import { timeOf } from '../time/time-of.ts'

/**
 * Docker's json-file log: `{"log":"line\n","stream":"stdout","time":"2026-11-21T09:31:00.123456789Z"}`, with `attrs` in some set-ups. The line within is read
 * by its own looks; its own timestamp and dataset go before.
 */
export const docker: LineFormat = {
  name: 'docker',
  parse(line, draft) {
    if (line.readInner === undefined || !line.text.startsWith('{"log":"')) return false
    const fields = parseObject(line.text, draft)
    if (fields === undefined) return false
    const { log, stream, time, attrs, ...others } = fields
    if (typeof log !== 'string' || (stream !== 'stdout' && stream !== 'stderr') || typeof time !== 'string') return false
    for (const _ in others) return false
    const inner = line.readInner(log.endsWith('\n') ? log.slice(0, log.endsWith('\r\n') ? -2 : -1) : log, draft)
    if (inner !== 'plain') draft.innerFormat = inner
    const timestamp = timeOf(time, line.scanner)
    if (!isPlausible(timestamp, line.reference)) draft.label('timestamp', time)
    else if (Number.isNaN(draft.timestamp)) draft.timestamp = timestamp
    if (draft.dataset === undefined || draft.dataset === 'generic') draft.dataset = 'docker.container_logs'
    draft.label('stream', stream)
    if (attrs !== undefined) takeAttributes(attrs, (name, value) => draft.label(name, value))
    return true
  },
}

/** Docker's attributes are strings; what else stands there is kept as text. */
function takeAttributes(attributes: unknown, label: (name: string, value: string) => void): void {
  if (attributes === null || typeof attributes !== 'object') return label('attrs', String(attributes))
  for (const [name, value] of Object.entries(attributes)) label(name, typeof value === 'string' ? value : JSON.stringify(value))
}
