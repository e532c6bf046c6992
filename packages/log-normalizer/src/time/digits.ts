/** The number that `count` digits at `at` spell, or -1 if there are not that many. */
export function digits(text: string, at: number, count: number): number {
  let value = 0
  for (let index = at; index < at + count; index++) {
    const digit = text.charCodeAt(index) - 48
    if (!(digit >= 0 && digit <= 9)) return -1
    value = value * 10 + digit
  }
  return value
}

/** Where the digits that start at `at` end, looking at no more than `countMax` of them. */
export function digitsEnd(text: string, at: number, countMax: number): number {
  let end = at
  while (end < at + countMax && isDigit(text.charCodeAt(end))) end++
  return end
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

const months = 'JanFebMarAprMayJunJulAugSepOctNovDec'

/** 0 to 11 for an English three-letter month at `at` (title case), else -1. */
export function monthAt(text: string, at: number): number {
  const index = months.indexOf(text.slice(at, at + 3))
  return index >= 0 && index % 3 === 0 && text.length >= at + 3 ? index / 3 : -1
}
