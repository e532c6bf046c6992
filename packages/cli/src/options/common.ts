import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { z } from 'zod'
import { commaSeparated, option, switchedOn, wholeNumber } from './option.ts'

export const defaultHost = '127.0.0.1'
export const defaultPort = 4577

const text = z.string()
const optionalText = text.optional()
const list = commaSeparated()

/** Where the embedded stream, index and dead letters are. */
export const dataOptions = {
  data: option({
    flag: '--data <dir>',
    env: 'MILLRACE_DATA',
    description: 'data directory of the embedded stream and index',
    schema: text.transform((path) => resolve(path.replace(/^~(?=$|\/)/, homedir()))),
    default: '~/.millrace',
  }),
  template: option({
    flag: '--template <file>',
    env: 'MILLRACE_TEMPLATE',
    description: 'SAM template of streams, functions and event source mappings',
    schema: optionalText,
  }),
} as const

/** Which running millrace a command talks to. */
export const clientOptions = {
  to: option({
    flag: '--to <url>',
    env: 'MILLRACE_URL',
    description: 'a running millrace; without it: the one that owns the data directory, else the default address, else right here',
    schema: z.url({ protocol: /^https?$/, error: 'should be a URL that begins with http:// or https://' }).optional(),
  }),
  apiKey: option({ flag: '--api-key <key>', env: 'MILLRACE_API_KEY', description: 'key of the running millrace', schema: optionalText }),
  ...dataOptions,
} as const

export const outputOptions = {
  json: option({ flag: '--json', description: 'print JSON for programs', schema: switchedOn() }),
} as const

/** How lines become documents. */
export const normalizerOptions = {
  format: option({
    flag: '--format <name>',
    env: 'MILLRACE_FORMAT',
    description: 'format of the lines; auto detects it line by line',
    schema: text,
    default: 'auto',
  }),
  timeZone: option({
    flag: '--time-zone <zone>',
    env: 'MILLRACE_TIME_ZONE',
    description: 'time zone of timestamps that name none, e.g. Europe/Berlin; without it this machine\u2019s',
    schema: optionalText,
  }),
  keepOriginal: option({
    flag: '--keep-original',
    env: 'MILLRACE_KEEP_ORIGINAL',
    description: 'keep each line unchanged in event.original',
    schema: switchedOn(),
  }),
  namespace: option({
    flag: '--namespace <name>',
    env: 'MILLRACE_NAMESPACE',
    description: 'namespace of the data streams',
    schema: text,
    default: 'default',
  }),
} as const

/** What a process does of the whole; the rest is done by others. */
export const roles = ['gateway', 'mapper', 'console'] as const
export type Role = (typeof roles)[number]

const roleMessage = `should name at least one of ${roles.join(', ')}, separated by commas`

/** The server's own. */
export const serverOptions = {
  roles: option({
    flag: '--roles <names>',
    env: 'MILLRACE_ROLES',
    description:
      'what this process does: gateway (ingest, search, invocations), mapper (polls the streams and runs the functions), console (for the web page, which there is not yet: it changes nothing). Fewer than all need --kafka and --elasticsearch',
    schema: commaSeparated()
      .pipe(z.array(z.enum(roles, roleMessage)).min(1, roleMessage))
      .transform((names): ReadonlySet<Role> => new Set(names)),
    default: roles.join(','),
  }),
  drainDelay: option({
    flag: '--drain-delay <seconds>',
    env: 'MILLRACE_DRAIN_DELAY',
    description: 'at SIGTERM, how long requests are still taken while /readyz says no, so that a load balancer notices first',
    schema: wholeNumber(0, 300),
    default: '0',
  }),
  host: option({ flag: '--host <address>', env: 'MILLRACE_HOST', description: 'address to listen on', schema: text, default: defaultHost }),
  port: option({
    flag: '--port <n>',
    env: 'MILLRACE_PORT',
    description: 'port to listen on; 0 takes any free one',
    schema: wholeNumber(0, 65_535),
    default: String(defaultPort),
  }),
  apiKeys: option({
    flag: '--api-keys <keys>',
    env: 'MILLRACE_API_KEYS',
    description: 'bearer keys that are let in, separated by commas',
    schema: list,
  }),
  accessKeys: option({
    flag: '--access-keys <keys>',
    env: 'MILLRACE_ACCESS_KEYS',
    description: "access keys, id:secret, that requests of AWS's APIs have to be signed with, separated by commas",
    schema: list,
  }),
  tlsCert: option({
    flag: '--tls-cert <file>',
    env: 'MILLRACE_TLS_CERT',
    description: 'TLS certificate chain (PEM)',
    schema: optionalText,
  }),
  tlsKey: option({ flag: '--tls-key <file>', env: 'MILLRACE_TLS_KEY', description: 'TLS private key (PEM)', schema: optionalText }),
  trustProxy: option({
    flag: '--trust-proxy',
    env: 'MILLRACE_TRUST_PROXY',
    description: 'a proxy in front takes care of TLS and of who is let in',
    schema: switchedOn(),
  }),
  allowedHosts: option({
    flag: '--allowed-hosts <names>',
    env: 'MILLRACE_ALLOWED_HOSTS',
    description: 'names beside loopback by which browsers and clients may call, separated by commas',
    schema: list,
  }),
  s3Directory: option({
    flag: '--s3-directory <dir>',
    env: 'MILLRACE_S3_DIRECTORY',
    description: 'where destinations that are S3 buckets are: a directory for each; without it s3 in the data directory',
    schema: optionalText.transform((path) => (path === undefined ? undefined : resolve(path))),
  }),
  indexRetentionDays: option({
    flag: '--index-retention-days <n>',
    env: 'MILLRACE_INDEX_RETENTION_DAYS',
    description: 'days after which documents are dropped; without it they are kept',
    schema: wholeNumber(1, 36_500).optional(),
  }),
} as const
