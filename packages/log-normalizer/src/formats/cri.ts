import { acceptTimestamp } from '../accept-timestamp.ts'
import type { LineFormat } from '../line-format.ts'

/**
 * What Kubernetes' container runtimes write: `2026-11-21T09:31:00.123456789Z stdout F line`. The line within is read by its own looks; its own timestamp and
 * dataset go before. A line that the runtime cut (`P`) is marked by `labels.partial`.
 */
export const cri: LineFormat = {
  name: 'cri',
  parse(line, draft) {
    const { text, scanner, readInner } = line
    if (readInner === undefined || text.charCodeAt(10) !== 84) return false
    const timeEnd = text.indexOf(' ')
    const stream = text.startsWith('stdout ', timeEnd + 1) ? 'stdout' : text.startsWith('stderr ', timeEnd + 1) ? 'stderr' : ''
    const tag = text.charAt(timeEnd + 8)
    // Further tags may follow behind a colon; a line may also be empty.
    const tagEnd = text.indexOf(' ', timeEnd + 8)
    if (stream === '' || (tag !== 'F' && tag !== 'P') || (tagEnd > 0 && tagEnd - timeEnd > 40)) return false
    const timestamp = scanner.iso(text, 0)
    if (Number.isNaN(timestamp) || scanner.end !== timeEnd) return false
    const inner = readInner(tagEnd < 0 ? '' : text.slice(tagEnd + 1), draft)
    if (inner !== 'plain') draft.innerFormat = inner
    if (Number.isNaN(draft.timestamp)) acceptTimestamp(line, draft, timestamp, 0, timeEnd)
    if (draft.dataset === undefined || draft.dataset === 'generic') draft.dataset = 'kubernetes.container_logs'
    draft.label('stream', stream)
    if (tag === 'P') draft.label('partial', true)
    return true
  },
}
