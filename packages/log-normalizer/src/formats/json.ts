import type { Json } from '../draft.ts'
import type { LineFormat } from '../line-format.ts'
import { takeFields } from '../structured-fields.ts'

/** An object of JSON a line: pino, winston, bunyan, ECS loggers, and what else calls its fields by common names. */
export const json: LineFormat = {
  name: 'json',
  parse(line, draft) {
    const { text } = line
    if (text.charCodeAt(0) !== 123 || text.charCodeAt(text.length - 1) !== 125) return false
    let fields: { readonly [name: string]: Json }
    try {
      fields = JSON.parse(text) as typeof fields
    } catch {
      return false
    }
    takeFields(line, draft, fields)
    draft.dataset ??= 'json'
    draft.message ??= draft.errorMessage ?? text
    return true
  },
}
