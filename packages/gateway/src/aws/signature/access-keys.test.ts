import { describe, expect, it } from 'vitest'
import { KinesisCaller } from '../../../test/support/kinesis-caller.ts'
import { AccessKeys } from './access-keys.ts'
import { signatureOf } from './signature-of.ts'

const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const keys = [`AKIDEXAMPLE:${secret}`]
const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

describe("AWS's signatures", () => {
  it("matches the example of AWS's documentation", () => {
    const headers = { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z' }
    const scope = { accessKeyId: 'AKIDEXAMPLE', date: '20150830', region: 'us-east-1', service: 'service', expiresSeconds: undefined }
    const signed = { ...scope, signedAt: '20150830T123600Z', signedHeaders: ['host', 'x-amz-date'], signature: '' }
    expect(signatureOf({ method: 'GET', url: '/', headers, bodyHash: emptyHash }, signed, secret)).toBe(
      '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    )
  })

  const now = Date.UTC(2026, 10, 21, 12, 0, 0)
  const scopeOf = (service: string): string => `AKIDEXAMPLE/20261121/us-east-1/${service}/aws4_request`
  const header = (credential: string, signature = 'abc'): string =>
    `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=${signature}`

  it.each<[string, Record<string, string>, string]>([
    ['nothing', {}, 'MissingAuthenticationTokenException Missing Authentication Token'],
    ['another scheme', { authorization: 'Basic abc' }, 'MissingAuthenticationTokenException'],
    [
      'parts missing',
      { authorization: 'AWS4-HMAC-SHA256 Credential=a' },
      "IncompleteSignatureException Authorization header requires 'Signature' parameter.",
    ],
    [
      'no credential',
      { authorization: header('a/b'), 'x-amz-date': '20261121T120000Z' },
      'IncompleteSignatureException Credential must have exactly 5',
    ],
    [
      'another key',
      { authorization: header('OTHER/20261121/us-east-1/kinesis/aws4_request'), 'x-amz-date': '20261121T120000Z' },
      'UnrecognizedClientException The security token included in the request is invalid.',
    ],
    [
      'another service',
      { authorization: header(scopeOf('s3')), 'x-amz-date': '20261121T120000Z' },
      "InvalidSignatureException Credential should be scoped to correct service: 'kinesis'.",
    ],
    [
      'too late',
      { authorization: header(scopeOf('kinesis')), 'x-amz-date': '20261121T115400Z' },
      'InvalidSignatureException Signature expired: 20261121T115400Z is now earlier than 20261121T115500Z (20261121T120000Z - 5 min.)',
    ],
    [
      'too early',
      { authorization: header(scopeOf('kinesis')), 'x-amz-date': '20261121T120600Z' },
      'InvalidSignatureException Signature not yet current: 20261121T120600Z is still later than 20261121T120500Z (20261121T120000Z + 5 min.)',
    ],
    [
      'another signature',
      { authorization: header(scopeOf('kinesis')), 'x-amz-date': '20261121T120000Z' },
      'InvalidSignatureException The request signature we calculated does not match',
    ],
  ])('refuses %s', (_what, headers, message) => {
    const verify = (): void =>
      new AccessKeys(keys).verify({ method: 'POST', url: '/', headers: { host: 'h', ...headers }, bodyHash: emptyHash }, 'kinesis', now)
    expect(() => {
      try {
        verify()
      } catch (error) {
        throw new Error(`${(error as { type: string }).type} ${(error as Error).message}`, { cause: error })
      }
    }).toThrow(message)
  })

  it('lets a presigned request in until it ends', () => {
    const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(scopeOf('kinesis'))}&X-Amz-Date=20261121T115000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host`
    const request = { method: 'POST', url: `/?${query}`, headers: { host: 'h' }, bodyHash: emptyHash }
    const parts = {
      accessKeyId: '',
      date: '20261121',
      region: 'us-east-1',
      service: 'kinesis',
      signedHeaders: ['host'],
      signature: '',
      signedAt: '20261121T115000Z',
      expiresSeconds: 900,
    }
    const signed = { ...request, url: `${request.url}&X-Amz-Signature=${signatureOf(request, parts, secret)}` }
    new AccessKeys(keys).verify(signed, 'kinesis', now)
    expect(() => new AccessKeys(keys).verify(signed, 'kinesis', now + 301_000)).toThrow('Signature expired')
  })

  it('are asked for at the gateway, or an API key', async () => {
    const caller = new KinesisCaller({ accessKeys: keys, apiKeys: ['key-number-one'] })
    expect(await caller.refused('ListStreams', {})).toBe('400 MissingAuthenticationTokenException: Missing Authentication Token')
    expect(await caller.ok('ListStreams', {}, { 'x-api-key': 'key-number-one' })).toMatchObject({ StreamNames: [] })
    expect((await caller.server.inject('/stats')).statusCode).toBe(401)
    expect((await caller.server.inject('/2015-03-31/functions')).statusCode).toBe(403)
  })
})
