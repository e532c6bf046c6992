import type { LineFormat } from '../line-format.ts'
import { knownLevel } from '../log-level.ts'

const levelFirst = /(?:\[([A-Z]{4,8})\] |([A-Z]{4,8}): )/y

/** Any line at all: a document with its `message`. A level in capitals that the line begins with (`ERROR: …`, `[WARN] …`) counts; the message keeps it. */
export const plain: LineFormat = {
  name: 'plain',
  parse(line, draft) {
    draft.message = line.text
    levelFirst.lastIndex = 0
    const match = levelFirst.exec(line.text)
    if (match !== null) draft.level = knownLevel(match[1] ?? (match[2] as string))
    return true
  },
}
