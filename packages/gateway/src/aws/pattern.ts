const patterns = new Map<string, RegExp>()

/** Whether a pattern of a service model matches the whole text. */
export function matchesPattern(pattern: string, text: string): boolean {
  let compiled = patterns.get(pattern)
  if (compiled === undefined) {
    // Of AWS's patterns, those with classes of Unicode alone are valid under the stricter rules of that flag.
    compiled = new RegExp(`^(?:${pattern})$`, pattern.includes('\\p{') ? 'u' : '')
    patterns.set(pattern, compiled)
  }
  return compiled.test(text)
}
