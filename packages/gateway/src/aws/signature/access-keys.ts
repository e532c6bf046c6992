import { timingSafeEqual } from 'node:crypto'
import { readSignature, type RequestSignature } from './read-signature.ts'
import { SignatureError } from './signature-error.ts'
import { signatureOf, type SignedRequest } from './signature-of.ts'

/** AWS's: how far a client's clock may be off. */
const skewMs = 300_000

/** The access keys that requests may be signed with. */
export class AccessKeys {
  readonly #secrets: ReadonlyMap<string, string>

  /** Each `id:secret`. */
  constructor(keys: readonly string[]) {
    this.#secrets = new Map(keys.map((key) => [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)]))
  }

  /** Whether a signature is asked for at all. */
  get required(): boolean {
    return this.#secrets.size > 0
  }

  /** Throws `SignatureError` for a request that is not signed with one of the keys, for this service, within 5 minutes of now. */
  verify(request: SignedRequest, service: string, now: number): void {
    const query = new URLSearchParams(request.url.includes('?') ? request.url.slice(request.url.indexOf('?') + 1) : '')
    const given = readSignature(request.headers, query)
    const secret = this.#secrets.get(given.accessKeyId)
    if (secret === undefined)
      throw new SignatureError('UnrecognizedClientException', 'The security token included in the request is invalid.')
    checkScope(given, service)
    checkTime(given, now)
    const expected = Buffer.from(signatureOf(request, given, secret))
    const presented = Buffer.from(given.signature)
    if (given.signedHeaders.includes('host') && expected.byteLength === presented.byteLength && timingSafeEqual(expected, presented)) return
    throw invalid(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    )
  }
}

function checkScope({ service, date, signedAt }: RequestSignature, expected: string): void {
  if (service !== expected) throw invalid(`Credential should be scoped to correct service: '${expected}'. `)
  if (!signedAt.startsWith(date)) {
    throw invalid(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${signedAt.slice(0, 8)}', from '${signedAt}'.`,
    )
  }
}

function checkTime({ signedAt, expiresSeconds }: RequestSignature, now: number): void {
  const at = Date.parse(signedAt.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'))
  const late = expiresSeconds === undefined ? skewMs : expiresSeconds * 1000
  if (at < now - late) {
    throw invalid(`Signature expired: ${signedAt} is now earlier than ${basic(now - late)} (${basic(now)} - ${late / 60_000} min.)`)
  }
  if (at > now + skewMs) {
    throw invalid(`Signature not yet current: ${signedAt} is still later than ${basic(now + skewMs)} (${basic(now)} + 5 min.)`)
  }
}

function basic(time: number): string {
  return new Date(time).toISOString().replaceAll(/[-:]|\.\d+/g, '')
}

function invalid(message: string): SignatureError {
  return new SignatureError('InvalidSignatureException', message)
}
