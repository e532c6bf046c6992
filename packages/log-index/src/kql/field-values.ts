export type Scalar = string | number | boolean

type JsonObject = Readonly<Record<string, unknown>>

/**
 * The values of a field, as Elasticsearch sees them: `path` goes through nested objects, dotted keys and arrays; null is no value. `*` in the
 * path stands for any characters.
 */
export function fieldValues(document: unknown, path: string): Scalar[] {
  const found: Scalar[] = []
  if (path.includes('*')) {
    const parts = path.split('*')
    eachValue(document, '', (value, at) => {
      if (matchesParts(at, parts)) found.push(value)
    })
  } else {
    collect(document, path, found)
  }
  return found
}

function collect(node: unknown, path: string, found: Scalar[]): void {
  if (Array.isArray(node)) {
    for (const element of node) collect(element, path, found)
    return
  }
  if (typeof node !== 'object' || node === null) return
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const key = path.slice(0, dot)
    if (Object.hasOwn(node, key)) collect((node as JsonObject)[key], path.slice(dot + 1), found)
  }
  if (Object.hasOwn(node, path)) addScalars((node as JsonObject)[path], found)
}

function addScalars(value: unknown, found: Scalar[]): void {
  if (Array.isArray(value)) for (const element of value) addScalars(element, found)
  else if (isScalar(value)) found.push(value)
}

/** Calls back for every value of the document, with its dotted path. */
export function eachValue(node: unknown, path: string, visit: (value: Scalar, path: string) => void): void {
  if (Array.isArray(node)) {
    for (const element of node) eachValue(element, path, visit)
  } else if (typeof node === 'object' && node !== null) {
    for (const key of Object.keys(node)) eachValue((node as JsonObject)[key], path === '' ? key : `${path}.${key}`, visit)
  } else if (isScalar(node)) {
    visit(node, path)
  }
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** Whether a text is the parts in this order with anything in between. Linear in the text for any number of parts. */
export function matchesParts(text: string, parts: readonly string[]): boolean {
  const first = parts[0] as string
  if (parts.length === 1) return text === first
  const last = parts.at(-1) as string
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  for (let index = 1; index < parts.length - 1; index++) {
    const part = parts[index] as string
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= text.length - last.length
}
