import { quote } from './json-text.ts'

export interface StructuredData {
  /** The elements as members of a JSON object, each with its comma in front. */
  readonly members: string
  /** Where the message starts: behind the data and one blank. Where the data started, if it is not well-formed: then it is part of the message. */
  readonly end: number
}

/** Reads RFC 5424's `[id name="value" …][id2 …]` or `-` at a place. Elements and names that come twice become lists. */
export function readStructuredData(text: string, start: number): StructuredData {
  if (text.charCodeAt(start) === 45 && (text.length === start + 1 || text.charCodeAt(start + 1) === 32))
    return { members: '', end: start + 2 }
  const elements = new Map<string, Map<string, string[]>>()
  let at = start
  while (text.charCodeAt(at) === 91) {
    const end = readElement(text, at + 1, elements)
    if (end < 0) return { members: '', end: start }
    at = end
  }
  if (at === start || (at < text.length && text.charCodeAt(at) !== 32)) return { members: '', end: start }
  let members = ''
  for (const [id, parameters] of elements) members += `,${quote(id)}:{${parametersText(parameters)}}`
  return { members, end: Math.min(text.length, at + 1) }
}

const idPattern = /[^\s=\]"]{1,128}/y
const parameterPattern = / ([^\s=\]"]{1,128})="/y

/** Answers where the element ends, behind its bracket, or -1. */
function readElement(text: string, at: number, elements: Map<string, Map<string, string[]>>): number {
  idPattern.lastIndex = at
  const id = idPattern.exec(text)?.[0]
  if (id === undefined) return -1
  const parameters = elements.get(id) ?? new Map<string, string[]>()
  elements.set(id, parameters)
  let end = at + id.length
  for (;;) {
    parameterPattern.lastIndex = end
    const name = parameterPattern.exec(text)?.[1]
    if (name === undefined) return text.charCodeAt(end) === 93 ? end + 1 : -1
    const valueStart = end + name.length + 3
    const valueEnd = closingQuote(text, valueStart)
    if (valueEnd < 0) return -1
    const value = text.slice(valueStart, valueEnd).replace(/\\(["\\\]])/g, '$1')
    const values = parameters.get(name)
    if (values === undefined) parameters.set(name, [value])
    else values.push(value)
    end = valueEnd + 1
  }
}

function closingQuote(text: string, at: number): number {
  for (let index = at; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 92) index++
    else if (code === 34) return index
  }
  return -1
}

function parametersText(parameters: ReadonlyMap<string, readonly string[]>): string {
  let text = ''
  for (const [name, values] of parameters)
    text += `,${quote(name)}:${values.length === 1 ? quote(values[0] as string) : JSON.stringify(values)}`
  return text.slice(1)
}
