import type { LineFormat } from '../line-format.ts'

/** Any line at all: a document with its `message`. */
export const plain: LineFormat = {
  name: 'plain',
  parse(line, draft) {
    draft.message = line.text
    return true
  },
}
