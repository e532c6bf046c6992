import type { Json } from './draft.ts'
import { quote } from './json-text.ts'
import { isExact } from './parse-object.ts'

/** Bounds on what one document takes up beside ECS's own fields. What exceeds them stays in `event.original`. */
export const labelLimits: { readonly countMax: number; readonly nameCharsMax: number } = { countMax: 128, nameCharsMax: 128 }

/**
 * What ECS has no field for: text and truth values as `labels.*` (always strings), numbers as `numeric_labels.*`. So each name has one
 * JSON type in every document, and two programs never quarrel about a mapping.
 */
export class Labels {
  #texts: Map<string, string | null | string[]> | undefined
  #numbers: Map<string, number | number[]> | undefined
  #count = 0
  /** A number was added that is not quite the one that was written. */
  imprecise = false

  /**
   * Adds a value under a name that may hold anything; dots and stars in it become `_`. A name used before makes a list. Objects and mixed lists
   * become JSON text. Answers false, and adds nothing, when a limit is reached or the value is too deep to be written.
   */
  add(name: string, value: Json): boolean {
    if (this.#count >= labelLimits.countMax || name.length > labelLimits.nameCharsMax) return false
    const text = typeof value === 'object' && value !== null ? jsonText(value) : ''
    if (text === undefined) return false
    this.#count++
    if (typeof value === 'number' ? !isExact(value) : longNumber.test(text)) this.imprecise = true
    const plain = plainName(name)
    if (typeof value === 'number') append((this.#numbers ??= new Map()), plain, value)
    else if (isNumbers(value)) for (const each of value) append((this.#numbers ??= new Map()), plain, each)
    else if (isTexts(value)) for (const each of value) append((this.#texts ??= new Map()), plain, each)
    else if (value !== null) append((this.#texts ??= new Map()), plain, typeof value === 'object' ? text : String(value))
    else if (!this.#texts?.has(plain)) (this.#texts ??= new Map()).set(plain, null)
    return true
  }

  /** The members `labels` and `numeric_labels` as JSON text, each with its comma in front. */
  toMembers(): string {
    return (
      (this.#texts === undefined ? '' : objectText('labels', this.#texts)) +
      (this.#numbers === undefined ? '' : objectText('numeric_labels', this.#numbers))
    )
  }
}

/** Digits that a double may not hold, or an exponent: `null` stands for infinity. */
const longNumber = /\d{16}|\de\+\d|\bnull\b/

/** Undefined for lists within lists that are deeper than the stack. */
function jsonText(value: Json): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

function plainName(name: string): string {
  const plain = name.includes('.') || name.includes('*') ? name.replace(/[.*]/g, '_') : name
  return plain.trim() === '' ? '_' : plain
}

function append<T>(map: Map<string, T | T[] | null>, name: string, value: T): void {
  const before = map.get(name)
  if (before === undefined || before === null) map.set(name, value)
  else if (Array.isArray(before)) before.push(value)
  else map.set(name, [before, value])
}

function objectText(name: string, members: ReadonlyMap<string, string | number | null | readonly (string | number)[]>): string {
  let text = ''
  for (const [member, value] of members) {
    text += `${text === '' ? '' : ','}${quote(member)}:${typeof value === 'string' ? quote(value) : typeof value === 'number' ? value : JSON.stringify(value)}`
  }
  return `,"${name}":{${text}}`
}

function isNumbers(value: Json): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'number' && isExact(each))
}

function isTexts(value: Json): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string')
}
