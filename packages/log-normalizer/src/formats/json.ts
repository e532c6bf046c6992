import { cleanName } from '../clean-name.ts'
import { Draft } from '../draft.ts'
import type { LineFormat } from '../line-format.ts'
import { parseCarefully, parseObject } from '../parse-object.ts'
import { takeFields } from '../structured-fields.ts'

/** An object of JSON a line: pino, winston, bunyan, ECS loggers, and what else calls its fields by common names. */
export const json: LineFormat = {
  name: 'json',
  parse(line, draft) {
    const fields = parseObject(line.text, draft)
    if (fields === undefined) return false
    takeFields(line, draft, fields)
    if (draft.labels.imprecise) {
      // Rare enough to read the line once more, with the numbers' own digits.
      Object.assign(draft, new Draft())
      takeFields(line, draft, parseCarefully(line.text, draft))
    }
    draft.dataset ??= line.service === undefined ? 'json' : cleanName(line.service)
    draft.message ??= draft.errorMessage ?? line.text
    return true
  },
}
