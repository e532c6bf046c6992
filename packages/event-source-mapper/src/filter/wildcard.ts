import type { ScalarTest } from './scalar.ts'

/**
 * `*` stands for any number of characters; `\*` and `\\` for the characters themselves. The parts between the stars are looked for one after
 * the other, each behind the last: no pattern makes the search go back, so its time is bounded by the value's length and the longest part.
 */
export function wildcardTest(pattern: string, refuse: (problem: string) => never): ScalarTest {
  const parts = wildcardParts(pattern, refuse)
  const [first = ''] = parts
  if (parts.length === 1) return (value) => value === first
  const last = parts.at(-1) as string
  const between = parts.slice(1, -1)
  const least = parts.reduce((sum, part) => sum + part.length, 0)
  return (value) => {
    if (typeof value !== 'string' || value.length < least || !value.startsWith(first) || !value.endsWith(last)) return false
    let from = first.length
    for (const part of between) {
      const at = value.indexOf(part, from)
      if (at < 0) return false
      from = at + part.length
    }
    return from <= value.length - last.length
  }
}

function wildcardParts(pattern: string, refuse: (problem: string) => never): string[] {
  const parts: string[] = []
  let part = ''
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index] as string
    if (character === '*') {
      if (pattern[index + 1] === '*') refuse(`consecutive wildcard characters at position ${index} (one * stands for any number)`)
      parts.push(part)
      part = ''
    } else if (character === '\\') {
      const escaped = pattern[++index]
      if (escaped !== '*' && escaped !== '\\') refuse(`invalid escape character at position ${index - 1} (only \\* and \\\\ are known)`)
      part += escaped as string
    } else {
      part += character
    }
  }
  parts.push(part)
  return parts
}
