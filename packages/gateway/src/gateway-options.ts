import { z } from 'zod'
import { GatewayOptionsError } from './gateway-errors.ts'
import { isLoopbackName } from './access/loopback.ts'

const mebibyte = 1024 * 1024

/** What a gateway is set to: every option with its value. The schema tells what each means. */
export interface GatewaySettings {
  readonly host: string
  readonly port: number
  readonly allowedHosts: readonly string[]
  readonly apiKeys: readonly string[]
  readonly accessKeys: readonly string[]
  readonly tlsCertificate: string | undefined
  readonly tlsKey: string | undefined
  readonly trustProxy: boolean
  readonly statusOnly: boolean
  readonly bodyBytesMax: number
  readonly decompressedBytesMax: number
  readonly ingestBytesInFlightMax: number
  readonly putRecordsMax: number
  readonly putBytesMax: number
  readonly jsonBodyBytesMax: number
  readonly kinesisBodyBytesMax: number
  readonly headerBytesMax: number
  readonly connectionsMax: number
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly bodyIdleTimeoutMs: number
  readonly keepAliveTimeoutMs: number
  readonly lingerTimeoutMs: number
  readonly closeTimeoutMs: number
  readonly retryAfterMs: number
}

/** Options of a gateway; what is left out has the schema's default. */
export type GatewayOptions = { readonly [Name in keyof GatewaySettings]?: GatewaySettings[Name] | undefined }

type GatewayOptionsShape = { readonly [Name in keyof GatewaySettings]: z.ZodType<GatewaySettings[Name]> }

const bytes = (fallback: number, description: string): z.ZodType<number> =>
  z
    .int()
    .min(1024)
    .max(1024 * mebibyte)
    .default(fallback)
    .describe(`${description} Bytes.`)
const milliseconds = (fallback: number, description: string): z.ZodType<number> =>
  z.int().min(1).max(3_600_000).default(fallback).describe(`${description} Milliseconds.`)
const count = (fallback: number, description: string): z.ZodType<number> =>
  z.int().min(1).max(1_000_000).default(fallback).describe(description)
/** A list, or text with commas: what an environment variable holds. */
const list = (description: string, entry: z.ZodType<string>): z.ZodType<readonly string[]> =>
  z
    .preprocess((value) => (typeof value === 'string' ? splitList(value) : value), z.array(entry).readonly().default([]))
    .describe(description)

/** One description of all options: types, defaults, limits and help. */
export const gatewayOptionsSchema: z.ZodObject<GatewayOptionsShape> = z
  .strictObject({
    host: z
      .string()
      .min(1)
      .default('127.0.0.1')
      .describe('Address to listen on. Any but a loopback address needs API keys or access keys, and TLS.'),
    port: z.int().min(0).max(65_535).default(4577).describe('Port to listen on. 0 takes a free one.'),
    allowedHosts: list(
      'Names, besides loopback ones, that a request may have in Host and Origin: the public names of this gateway, without port.',
      z.string().regex(/^[a-z0-9_.:-]+$/i, 'a host name without scheme and port'),
    ),
    apiKeys: list(
      'API keys, one of which every request has to carry (MILLRACE_API_KEYS, separated by commas). Without any, no key is asked for.',
      z.string().regex(/^[\x21-\x2b\x2d-\x7e]{8,256}$/, '8 to 256 visible ASCII characters'),
    ),
    accessKeys: list(
      "Access keys, id:secret, with one of which requests of AWS's APIs have to be signed (MILLRACE_ACCESS_KEYS, separated by commas). Without any, signatures are not looked at.",
      z.string().regex(/^[\w.-]{3,128}:[\x21-\x2b\x2d-\x7e]{8,256}$/, 'an id, a colon, and a secret of 8 to 256 visible ASCII characters'),
    ),
    tlsCertificate: z.string().optional().describe('Certificate chain, the content of a PEM file. TLS is on when it is given.'),
    tlsKey: z.string().optional().describe('Private key of the certificate, the content of a PEM file.'),
    trustProxy: z
      .boolean()
      .default(false)
      .describe('A proxy in front takes care of keys and TLS: a public address is allowed without them.'),
    statusOnly: z
      .boolean()
      .default(false)
      .describe('Only the probes, metrics and statistics are answered: everything else is for a process with the role gateway.'),
    bodyBytesMax: bytes(10 * mebibyte, 'Largest body of an ingest request, as it is sent (compressed).'),
    decompressedBytesMax: bytes(32 * mebibyte, 'Largest body of an ingest request after decompression.'),
    ingestBytesInFlightMax: bytes(
      64 * mebibyte,
      'Bound of all ingest requests under way together, decompressed; past it they are answered 429.',
    ),
    putRecordsMax: count(5000, 'Records that one request puts into the stream at a time.'),
    putBytesMax: bytes(4 * mebibyte, 'Data that one request puts into the stream at a time; a larger record still goes, alone.'),
    jsonBodyBytesMax: bytes(mebibyte, 'Largest JSON body of search and dead letter requests.'),
    kinesisBodyBytesMax: bytes(16 * mebibyte, "Largest body of a request of Kinesis's API, as it is sent and after decompression."),
    headerBytesMax: bytes(16 * 1024, 'Largest head of a request: request line and headers.'),
    connectionsMax: count(1024, 'Connections at once; further ones are closed at once.'),
    headersTimeoutMs: milliseconds(20_000, 'Time in which the head of a request has to arrive.'),
    requestTimeoutMs: milliseconds(120_000, 'Time in which a whole request has to arrive.'),
    bodyIdleTimeoutMs: milliseconds(30_000, 'Longest standstill of the body of an ingest request.'),
    keepAliveTimeoutMs: milliseconds(72_000, 'Time after which an idle connection is closed.'),
    lingerTimeoutMs: milliseconds(
      2000,
      'Time for which the rest of a body is read and dropped after it was refused, so that the client sees the answer.',
    ),
    closeTimeoutMs: milliseconds(10_000, 'Time for which closing waits for requests under way; then their connections are cut.'),
    retryAfterMs: milliseconds(1000, 'Wait that Retry-After asks for under pressure (in whole seconds, rounded up).'),
  })
  .superRefine((settings, context) => {
    const relation = (holds: boolean, path: keyof GatewaySettings, message: string): void => {
      if (!holds) context.addIssue({ code: 'custom', path: [path], message })
    }
    const { bodyBytesMax, decompressedBytesMax, ingestBytesInFlightMax, headersTimeoutMs, requestTimeoutMs } = settings
    relation(bodyBytesMax <= decompressedBytesMax, 'bodyBytesMax', `is above decompressedBytesMax (${decompressedBytesMax})`)
    relation(
      decompressedBytesMax <= ingestBytesInFlightMax,
      'decompressedBytesMax',
      `is above ingestBytesInFlightMax (${ingestBytesInFlightMax})`,
    )
    relation(headersTimeoutMs <= requestTimeoutMs, 'headersTimeoutMs', `is above requestTimeoutMs (${requestTimeoutMs})`)
    relation(
      (settings.tlsCertificate === undefined) === (settings.tlsKey === undefined),
      settings.tlsKey === undefined ? 'tlsKey' : 'tlsCertificate',
      'is missing: TLS needs both tlsCertificate and tlsKey',
    )
  })

/** Checks options and fills in the defaults. Throws `GatewayOptionsError`. */
export function parseGatewayOptions(options: GatewayOptions): GatewaySettings {
  const parsed = gatewayOptionsSchema.safeParse(options)
  if (!parsed.success) {
    throw new GatewayOptionsError(parsed.error.issues.map((issue) => describeIssue(issue.path, issue.message, options)).join(' '))
  }
  refusePublicAddress(parsed.data)
  return parsed.data
}

function refusePublicAddress(settings: GatewaySettings): void {
  const guarded = settings.apiKeys.length + settings.accessKeys.length > 0 && settings.tlsCertificate !== undefined
  if (isLoopbackName(settings.host) || settings.trustProxy || guarded) return
  throw new GatewayOptionsError(
    `The address ${settings.host} can be reached from other machines: give API keys (apiKeys, MILLRACE_API_KEYS) or access keys (accessKeys, MILLRACE_ACCESS_KEYS) and TLS (tlsCertificate and tlsKey, MILLRACE_TLS_CERT and MILLRACE_TLS_KEY), or set trustProxy (MILLRACE_TRUST_PROXY) if a proxy in front takes care of both.`,
  )
}

const secrets: ReadonlySet<PropertyKey> = new Set(['apiKeys', 'accessKeys', 'tlsKey', 'tlsCertificate'])

function describeIssue(path: readonly PropertyKey[], message: string, options: GatewayOptions): string {
  const name = path[0]
  if (name === undefined) return `${message}.`
  const value = (options as Readonly<Record<PropertyKey, unknown>>)[name]
  const shown = secrets.has(name) || value === undefined ? '' : ` (${JSON.stringify(value)})`
  return `Option ${path.map(String).join('.')}${shown}: ${message}.`
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}
