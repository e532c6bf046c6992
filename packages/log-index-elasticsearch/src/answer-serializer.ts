import { Serializer } from '@elastic/elasticsearch'

/** What a bulk's answer is read as when every document is written: one object for all, its text is not parsed. */
export const allCreated: object = Object.freeze({ errors: false })

const allCreatedStart = '{"errors":false'

/** Reads answers. Integers beyond 2^53 in documents keep their digits. */
export class AnswerSerializer extends Serializer {
  override deserialize<T>(json: string): T {
    if (json.startsWith(allCreatedStart)) return allCreated as T
    if (/\d{16}/.test(json)) {
      try {
        return (JSON.parse as ParseWithSource)(json, keepDigits) as T
      } catch {
        // The parser of the base class says what is wrong.
      }
    }
    return super.deserialize<T>(json)
  }
}

/** With the third argument of revivers, which is in the standard since ES2026 and not yet among the compiler's types. */
type ParseWithSource = (text: string, reviver: typeof keepDigits) => unknown

function keepDigits(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || context.source === undefined || !/^-?\d+$/.test(context.source))
    return value
  return rawJson(context.source)
}

/** A number that is written as it was read. */
function rawJson(text: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text)
}
