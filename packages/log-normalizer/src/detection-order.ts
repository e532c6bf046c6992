import type { LineFormat } from './line-format.ts'
import { accessLog } from './formats/access-log.ts'
import { json } from './formats/json.ts'

/** The formats in the order of trial: the first that reads a line has it. By what a line starts with, since that rules out most of them. */
const byStart: readonly (readonly [start: RegExp, formats: readonly LineFormat[]])[] = [
  [/\{/, [json]],
  [/[0-9]/, [accessLog]],
  [/[A-Za-z:_-]/, [accessLog]],
]

const none: readonly LineFormat[] = []
const table: readonly (readonly LineFormat[])[] = Array.from({ length: 128 }, (_, code) => {
  const start = String.fromCharCode(code)
  return byStart.find(([pattern]) => pattern.test(start))?.[1] ?? none
})

/** What a line with this first character may be, besides plain text. */
export function candidates(firstCharCode: number): readonly LineFormat[] {
  return table[firstCharCode] ?? none
}
