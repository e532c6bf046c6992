import { isIPv6 } from 'node:net'

/** Whether Elasticsearch's `ip` type takes the text: IPv4 without leading zeros, or IPv6 without a zone. */
export function isIpAddress(text: string): boolean {
  if (text.length < 2 || text.length > 45) return false
  return text.includes(':') ? isIPv6(text) && !text.includes('%') : isIPv4(text)
}

function isIPv4(text: string): boolean {
  let parts = 1
  let value = 0
  let length = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 46) {
      if (length === 0 || ++parts > 4) return false
      value = 0
      length = 0
    } else {
      const digit = code - 48
      if (digit < 0 || digit > 9 || (length > 0 && value === 0)) return false
      value = value * 10 + digit
      length++
      if (value > 255) return false
    }
  }
  return parts === 4 && length > 0
}
