const unicodeWords = /[\p{L}\p{N}\p{M}_]+/gu
// oxlint-disable-next-line no-control-regex
const ascii = /^[\u0000-\u007f]*$/

/** Whether every character is an ASCII one. */
export function isAscii(text: string): boolean {
  return ascii.test(text)
}

/**
 * The words of a text, in order, as full-text search sees them: runs of letters, digits and `_`, in lower case. `shop.example.com` is three
 * words; a search for it looks for the three side by side.
 */
export function words(text: string): readonly string[] {
  const lower = text.toLowerCase()
  return lower.match(isAscii(lower) ? /[0-9a-z_]+/g : unicodeWords) ?? []
}
