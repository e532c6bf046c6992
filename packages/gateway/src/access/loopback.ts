import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Whether a name or address (without brackets and port) can mean nothing but this machine. */
export function isLoopbackName(name: string): boolean {
  const lower = name.toLowerCase()
  if (lower === 'localhost' || lower.endsWith('.localhost')) return true
  const family = isIP(lower)
  return family !== 0 && loopback.check(lower, family === 4 ? 'ipv4' : 'ipv6')
}
