import type { IncomingHttpHeaders } from 'node:http'
import { describe, expect, it } from 'vitest'
import { HttpError } from '../http/http-error.ts'
import { AccessPolicy } from './access-policy.ts'

function statusOf(headers: IncomingHttpHeaders, settings = {}, request = {}): number {
  const policy = new AccessPolicy({ allowedHosts: ['logs.example.com'], apiKeys: [], accessKeys: [], ...settings })
  try {
    policy.check({ headers, localAddress: '127.0.0.1', keyless: false, signed: false, ...request })
    return 200
  } catch (error) {
    return (error as HttpError).status
  }
}

describe('who is let in', () => {
  it.each([
    'localhost',
    'localhost:4577',
    'LocalHost.:4577',
    'api.localhost:4577',
    '127.0.0.1',
    '127.8.9.1:80',
    '[::1]:4577',
    '[0:0:0:0:0:0:0:1]',
    'logs.example.com',
    'LOGS.example.com:443',
  ])('Host %s', (host) => {
    expect(statusOf({ host })).toBe(200)
  })

  it.each([
    undefined,
    '',
    'evil.example.com',
    'localhost.evil.com',
    '127.0.0.1.evil.com',
    'x.logs.example.com',
    'logs.example.com.evil.com:4577',
    '10.0.0.1',
    'localhost@evil.com',
    'localhost:80:80',
    '127.0.0.1/',
    '0x7f.1',
    '[::2]',
  ])('not Host %s', (host) => {
    expect(statusOf(host === undefined ? {} : { host })).toBe(403)
  })

  it('under the address that the connection was made to', () => {
    expect(statusOf({ host: '10.0.0.1:4577' }, {}, { localAddress: '::ffff:10.0.0.1' })).toBe(200)
    expect(statusOf({ host: '10.0.0.2:4577' }, {}, { localAddress: '10.0.0.1' })).toBe(403)
  })

  it.each([
    ['http://localhost:3000', 200],
    ['https://logs.example.com', 200],
    ['https://evil.example.com', 403],
    ['null', 403],
    ['', 403],
    ['file://', 403],
  ])('a page of %s: %i', (origin, status) => {
    expect(statusOf({ host: 'localhost', origin })).toBe(status)
  })

  it('with one of the keys', () => {
    const settings = { apiKeys: ['key-number-one', 'key-number-two'] }
    const host = 'localhost'
    for (const key of settings.apiKeys) {
      expect(statusOf({ host, authorization: `Bearer ${key}` }, settings)).toBe(200)
      expect(statusOf({ host, authorization: `bearer  ${key}` }, settings)).toBe(200)
      expect(statusOf({ host, 'x-api-key': key }, settings)).toBe(200)
    }
    expect(statusOf({ host }, settings)).toBe(401)
    expect(statusOf({ host }, settings, { keyless: true })).toBe(200)
    expect(statusOf({ host: 'evil.com' }, settings, { keyless: true })).toBe(403)
    for (const wrong of ['key-number-on', 'key-number-one2', 'key-number-one,key-number-two', '']) {
      expect(statusOf({ host, 'x-api-key': wrong }, settings)).toBe(401)
      expect(statusOf({ host, authorization: `Bearer ${wrong}` }, settings)).toBe(401)
    }
    expect(statusOf({ host, authorization: 'Basic a2V5LW51bWJlci1vbmU=' }, settings)).toBe(401)
  })
})
