import { InvalidCoordinationOptionError } from '../errors.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

export interface RedisTarget {
  readonly kind: 'single' | 'sentinel' | 'cluster'
  readonly tls: boolean
  /** One where the kind is `single`. */
  readonly addresses: readonly Address[]
  /** The sentinels' name for the master; empty otherwise. */
  readonly master: string
  readonly database: number
  readonly username: string | undefined
  readonly password: string | undefined
  /** The URL without its password, for messages. */
  readonly description: string
}

const shape = /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^/@]*)@)?([^/@?#]+)((?:\/[^/?#]*)*)$/

/** Throws `InvalidCoordinationOptionError`, which does not repeat the password. */
export function parseRedisUrl(url: string): RedisTarget {
  const parts = shape.exec(url)
  if (parts === null) throw invalid(url, 'it is none')
  const [, scheme = '', kindName, credentials, hosts = '', path = ''] = parts
  const kind = kindName === 'sentinel' || kindName === 'cluster' ? kindName : 'single'
  const addresses = hosts.split(',').map((host) => parseAddress(url, host, kind === 'sentinel' ? 26_379 : 6_379))
  if (kind === 'single' && addresses.length > 1) throw invalid(url, 'several hosts need redis+sentinel:// or redis+cluster://')
  const segments = path
    .split('/')
    .slice(1)
    .filter((segment) => segment !== '')
  const master = kind === 'sentinel' ? decode(url, segments.shift() ?? '') : ''
  if (kind === 'sentinel' && master === '') throw invalid(url, 'the name of the master is missing after the hosts')
  const database = segments.shift() ?? '0'
  if (!/^\d{1,9}$/.test(database) || segments.length > 0) throw invalid(url, 'the database is not a number')
  if (kind === 'cluster' && database !== '0') throw invalid(url, 'a cluster has no databases')
  const separator = credentials?.indexOf(':') ?? -1
  const username = separator === -1 ? credentials : credentials?.slice(0, separator)
  return {
    kind,
    tls: scheme === 'rediss',
    addresses,
    master,
    database: Number(database),
    username: username === undefined || username === '' ? undefined : decode(url, username),
    password: separator === -1 ? undefined : decode(url, credentials?.slice(separator + 1) ?? ''),
    description: withoutPassword(url),
  }
}

function parseAddress(url: string, text: string, defaultPort: number): Address {
  const parts = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/.exec(text)
  const port = Number(parts?.[2] ?? defaultPort)
  if (parts === null || port < 1 || port > 65_535) throw invalid(url, `"${text}" is not a host and port`)
  return { host: (parts[1] ?? '').replace(/^\[|\]$/g, ''), port }
}

function decode(url: string, text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalid(url, 'a "%" in it does not begin an escape; write it as %25')
  }
}

function invalid(url: string, why: string): InvalidCoordinationOptionError {
  return new InvalidCoordinationOptionError(
    `url is "${withoutPassword(url)}", which is not the address of a Redis: ${why}. Give one like redis://user:password@host:6379/0 (escape "/" and "@" in the password).`,
  )
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@]*:[^@]*@/, '//…@').replace(/\/\/[^@/]*@/, '//…@')
}
