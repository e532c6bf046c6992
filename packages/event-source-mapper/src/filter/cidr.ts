import { isIPv6 } from 'node:net'
import type { ScalarTest } from './scalar.ts'

/**
 * Addresses from the one that is written to the last of its network. As in EventBridge, the range begins at the written address, also where that is
 * not the network's first, and a mask is shorter than the address.
 */
export function cidrTest(cidr: string, refuse: (problem: string) => never): ScalarTest {
  const parts = cidr.split('/')
  const [address = '', mask = ''] = parts
  if (parts.length !== 2) refuse(`malformed CIDR ${JSON.stringify(cidr)}: one "/" is required`)
  if (!/^\d{1,3}$/.test(mask)) refuse(`malformed CIDR ${JSON.stringify(cidr)}: the mask bits must be an integer that is not negative`)
  const bottom = ipGroups(address)
  if (bottom === undefined) return refuse(`${JSON.stringify(address)} is not an IP address`)
  const groupBits = bottom.length === 4 ? 8 : 16
  const bits = bottom.length * groupBits
  if (Number(mask) >= bits) refuse(`${bits === 32 ? 'IPv4' : 'IPv6'} mask bits must be below ${bits} (one address is written without them)`)
  const top = bottom.map((group, index) => {
    const free = Math.min(groupBits, Math.max(0, (index + 1) * groupBits - Number(mask)))
    return group | (2 ** free - 1)
  })
  return (value) => {
    const groups = typeof value === 'string' ? ipGroups(value) : undefined
    return groups !== undefined && groups.length === bottom.length && compare(bottom, groups) <= 0 && compare(groups, top) <= 0
  }
}

/** An IPv6 address has many spellings: a test for all of them; undefined for text that is no IPv6 address. */
export function ipv6Test(text: string): ScalarTest | undefined {
  const address = text.includes(':') ? ipGroups(text) : undefined
  if (address === undefined) return undefined
  return (value) => {
    const groups = typeof value === 'string' && value.includes(':') ? ipGroups(value) : undefined
    return groups !== undefined && compare(groups, address) === 0
  }
}

/** 4 groups of 8 bits, or 8 groups of 16; undefined for text that is no address. */
function ipGroups(text: string): number[] | undefined {
  if (text.length < 2 || text.length > 39) return undefined
  if (!text.includes(':')) return /^(\d{1,3}\.){3}\d{1,3}$/.test(text) ? ipv4Groups(text) : undefined
  if (!isIPv6(text) || text.includes('%') || text.includes('.')) return undefined
  const gap = text.indexOf('::')
  if (gap < 0) return ipv6Groups(text)
  const head = ipv6Groups(text.slice(0, gap))
  const tail = ipv6Groups(text.slice(gap + 2))
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail]
}

function ipv4Groups(text: string): number[] | undefined {
  const groups = text.split('.').map(Number)
  return groups.every((group) => group <= 255) ? groups : undefined
}

function ipv6Groups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}

function compare(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < left.length; index++) {
    const difference = (left[index] as number) - (right[index] as number)
    if (difference !== 0) return difference
  }
  return 0
}
