import type { IncomingHttpHeaders } from 'node:http'
import { SignatureError } from './signature-error.ts'

/** What a request says of its signature: in its Authorization header, or in its query (a presigned URL). */
export interface RequestSignature {
  readonly accessKeyId: string
  /** Of the credential's scope: YYYYMMDD. */
  readonly date: string
  readonly region: string
  readonly service: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
  /** YYYYMMDDTHHMMSSZ */
  readonly signedAt: string
  /** Of a presigned URL: how long it holds. */
  readonly expiresSeconds: number | undefined
}

export const algorithm = 'AWS4-HMAC-SHA256'

/** Throws `SignatureError`. */
export function readSignature(headers: IncomingHttpHeaders, query: URLSearchParams): RequestSignature {
  const header = headers.authorization
  if (header !== undefined && query.has('X-Amz-Signature')) {
    throw new SignatureError(
      'InvalidSignatureException',
      "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    )
  }
  if (header !== undefined) return fromHeader(header, headers)
  if (query.has('X-Amz-Algorithm') || query.has('X-Amz-Signature')) return fromQuery(query)
  throw new SignatureError('MissingAuthenticationTokenException', 'Missing Authentication Token')
}

function fromHeader(header: string, headers: IncomingHttpHeaders): RequestSignature {
  if (!header.startsWith(algorithm)) throw new SignatureError('MissingAuthenticationTokenException', 'Missing Authentication Token')
  const parts = new Map(
    header
      .slice(algorithm.length)
      .split(',')
      .map((part) => {
        const [name = '', ...value] = part.trim().split('=')
        return [name, value.join('=')] as const
      }),
  )
  const date = headers['x-amz-date'] ?? headers.date
  const missing = ['Credential', 'Signature', 'SignedHeaders']
    .filter((name) => !parts.get(name))
    .map((name) => `Authorization header requires '${name}' parameter.`)
  if (date === undefined) missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
  if (missing.length > 0) throw incomplete(`${missing.join(' ')} Authorization=${algorithm}`)
  return signatureOf((name) => parts.get(name), String(date), undefined)
}

function fromQuery(query: URLSearchParams): RequestSignature {
  const missing = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders', 'X-Amz-Date']
    .filter((name) => !query.get(name))
    .map((name) => `AWS query-string parameters must include '${name}'.`)
  if (missing.length > 0) throw incomplete(`${missing.join(' ')} Re-examine the query-string parameters.`)
  const expires = query.get('X-Amz-Expires')
  if (expires !== null && !/^\d{1,6}$/.test(expires))
    throw incomplete(`X-Amz-Expires should be a number of seconds, not ${JSON.stringify(expires.slice(0, 20))}.`)
  return signatureOf((name) => query.get(`X-Amz-${name}`) ?? undefined, String(query.get('X-Amz-Date')), Number(expires ?? 900))
}

function signatureOf(part: (name: string) => string | undefined, signedAt: string, expiresSeconds: number | undefined): RequestSignature {
  const credential = part('Credential') ?? ''
  const match = /^([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/.exec(credential)
  if (match === null)
    throw incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential.slice(0, 256)}'`,
    )
  if (!/^\d{8}T\d{6}Z$/.test(signedAt)) throw incomplete(`Date must be in ISO-8601 'basic format'. Got '${signedAt.slice(0, 64)}'.`)
  const [, accessKeyId = '', date = '', region = '', service = ''] = match
  const signedHeaders = (part('SignedHeaders') ?? '').toLowerCase().split(';')
  return { accessKeyId, date, region, service, signedHeaders, signature: part('Signature') ?? '', signedAt, expiresSeconds }
}

function incomplete(message: string): SignatureError {
  return new SignatureError('IncompleteSignatureException', message)
}
