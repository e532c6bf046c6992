import { describe, expect, it } from 'vitest'
import { GatewayOptionsError } from './gateway-errors.ts'
import { gatewayOptionsSchema, parseGatewayOptions } from './gateway-options.ts'
import type { GatewayOptions } from './gateway-options.ts'

const keys = ['a-long-enough-key']
const tls = { tlsCertificate: 'certificate', tlsKey: 'key' }

describe('the options of a gateway', () => {
  it('stand on loopback by default', () => {
    expect(parseGatewayOptions({})).toMatchObject({
      host: '127.0.0.1',
      port: 4577,
      apiKeys: [],
      trustProxy: false,
      bodyBytesMax: 10_485_760,
    })
  })

  it('each have a description', () => {
    for (const [name, option] of Object.entries(gatewayOptionsSchema.shape)) expect(option.description, name).toMatch(/\.$/)
  })

  it('take lists as an environment variable holds them', () => {
    const apiKeys = ' key-one-1, key-two-2 ,' as unknown as readonly string[]
    expect(parseGatewayOptions({ apiKeys }).apiKeys).toEqual(['key-one-1', 'key-two-2'])
  })

  it.each<[GatewayOptions, RegExp]>([
    [{ port: 70_000 }, /port \(70000\)/],
    [{ bodyBytesMax: 0 }, /bodyBytesMax \(0\)/],
    [{ bodyBytesMax: 40_000_000 }, /bodyBytesMax \(40000000\): is above decompressedBytesMax \(33554432\)/],
    [{ decompressedBytesMax: 100_000_000 }, /is above ingestBytesInFlightMax/],
    [{ headersTimeoutMs: 200_000 }, /is above requestTimeoutMs/],
    [{ tlsCertificate: 'x' }, /tlsKey.*needs both/],
    [{ tlsKey: 'x' }, /tlsCertificate.*needs both/],
    [{ allowedHosts: ['https://logs.example.com'] }, /without scheme/],
    [{ prot: 1 } as GatewayOptions, /prot/],
  ])('refuses %o', (options, message) => {
    expect(() => parseGatewayOptions(options)).toThrow(GatewayOptionsError)
    expect(() => parseGatewayOptions(options)).toThrow(message)
  })

  it('never show a secret', () => {
    expect(() => parseGatewayOptions({ apiKeys: ['short'] })).toThrow(/^(?!.*short).*8 to 256/)
  })

  it.each([{}, { apiKeys: keys }, tls])('refuse a public address with only %o', (given) => {
    for (const host of ['0.0.0.0', '::', '10.1.2.3', 'logs.example.com']) {
      expect(() => parseGatewayOptions({ host, ...given })).toThrow(/apiKeys.*tlsCertificate.*trustProxy/)
    }
  })

  it('allow a public address with keys and TLS, or behind a proxy', () => {
    expect(parseGatewayOptions({ host: '0.0.0.0', apiKeys: keys, ...tls }).host).toBe('0.0.0.0')
    expect(parseGatewayOptions({ host: '0.0.0.0', trustProxy: true }).host).toBe('0.0.0.0')
    for (const host of ['127.0.0.1', '127.3.2.1', '::1', 'localhost', 'LOCALHOST']) expect(parseGatewayOptions({ host }).host).toBe(host)
  })
})
