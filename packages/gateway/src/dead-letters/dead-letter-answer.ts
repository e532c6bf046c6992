import type { DeadLetter } from '@millrace/stream'

/** A dead letter as JSON can say it: its data in base64. */
export type DeadLetterAnswer = Omit<DeadLetter, 'data'> & { readonly data: string }

export function deadLetterAnswer(letter: DeadLetter): DeadLetterAnswer {
  const { data, ...rest } = letter
  return { ...rest, data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64') }
}

/** A page of letters. `next`: give it as `after` to go on; absent at the end. */
export interface DeadLetterPage {
  readonly deadLetters: readonly DeadLetterAnswer[]
  readonly next?: string
}

/** As many of the letters as fit into `bytesMax` of data, at least one. `limit` is how many were asked of the store. */
export function deadLetterPage(letters: readonly DeadLetter[], limit: number, bytesMax: number): DeadLetterPage {
  const page: DeadLetterAnswer[] = []
  let bytes = 0
  for (const letter of letters) {
    bytes += letter.data.byteLength
    if (bytes > bytesMax && page.length > 0) break
    page.push(deadLetterAnswer(letter))
  }
  const last = page.at(-1)
  const more = page.length < letters.length || letters.length === limit
  return more && last !== undefined ? { deadLetters: page, next: last.id } : { deadLetters: page }
}
