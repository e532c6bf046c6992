import { createHash, createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { algorithm, type RequestSignature } from './read-signature.ts'

/** What of a request is signed. */
export interface SignedRequest {
  readonly method: string
  /** Path and query, as they were sent. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  /** SHA-256 of the body as it was sent, in hexadecimal digits. */
  readonly bodyHash: string
}

/** The signature that a request should have: AWS's Signature Version 4. https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
export function signatureOf(
  request: SignedRequest,
  { date, region, service, signedAt, signedHeaders }: RequestSignature,
  secret: string,
): string {
  const scope = `${date}/${region}/${service}/aws4_request`
  const canonical = createHash('sha256').update(canonicalRequest(request, signedHeaders)).digest('hex')
  const text = [algorithm, signedAt, scope, canonical].join('\n')
  const key = [region, service, 'aws4_request'].reduce((before, part) => hmac(before, part), hmac(`AWS4${secret}`, date))
  return hmac(key, text).toString('hex')
}

function canonicalRequest({ method, url, headers, bodyHash }: SignedRequest, signedHeaders: readonly string[]): string {
  const [path, query] = split(url)
  const values = signedHeaders.map((name) => `${name}:${valueOf(headers[name])}\n`)
  return [method, canonicalPath(path), canonicalQuery(query), values.join(''), signedHeaders.join(';'), bodyHash].join('\n')
}

function split(url: string): readonly [string, string] {
  const at = url.indexOf('?')
  return at === -1 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)]
}

/** Each part is encoded once more than it was sent. */
function canonicalPath(path: string): string {
  return path.split('/').map(encode).join('/')
}

function canonicalQuery(query: string): string {
  return [...new URLSearchParams(query)]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted((one, other) => (one < other ? -1 : 1))
    .join('&')
}

function valueOf(header: string | readonly string[] | undefined): string {
  const values = typeof header === 'string' ? [header] : (header ?? [])
  return values.map((value) => value.trim().replaceAll(/\s+/g, ' ')).join(',')
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

function hmac(key: string | Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
