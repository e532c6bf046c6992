import { execFileSync, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { temporaryDirectory } from '@millrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openElasticsearchLogIndex } from '../src/index.ts'

// The servers that the tests run on have no security: a local https server answers the first question as Elasticsearch does.
const openssl = process.env['OPENSSL'] ?? 'openssl'
const hasOpenssl = spawnSync(openssl, ['version']).status === 0
if (!hasOpenssl) process.stderr.write('skipped: TLS: no openssl (OPENSSL) to make certificates with\n')

describe.skipIf(!hasOpenssl)('An Elasticsearch with TLS', () => {
  let server: Server
  let node: string
  let own: Certificate
  let other: Certificate

  beforeAll(async () => {
    own = await certificate()
    other = await certificate()
    server = createServer({ key: own.key, cert: own.cert }, (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' })
      response.end('{"version":{"number":"9.5.3"}}')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    node = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  const open = async (options: object): Promise<void> => {
    const index = await openElasticsearchLogIndex({ nodes: [node], installTemplates: false, ...options })
    await index.close()
  }

  it('is opened with its authority, or the fingerprint of it', async () => {
    await open({ ca: own.cert })
    await open({ caFingerprint: new X509Certificate(own.cert).fingerprint256 })
    await open({ caFingerprint: new X509Certificate(own.cert).fingerprint256.replaceAll(':', '').toLowerCase() })
  })

  it.each([
    ['without an authority', () => ({}), 'ca'],
    ['with another authority', () => ({ ca: other.cert }), 'ca'],
    ['with another fingerprint', () => ({ caFingerprint: new X509Certificate(other.cert).fingerprint256 }), 'caFingerprint'],
  ])('is refused %s', async (_, options, option) => {
    await expect(open(options())).rejects.toMatchObject({ name: 'ElasticsearchOptionsError', option })
  })
})

interface Certificate {
  readonly key: string
  readonly cert: string
}

async function certificate(): Promise<Certificate> {
  await using directory = await temporaryDirectory()
  const [key, cert] = [join(directory.path, 'key.pem'), join(directory.path, 'cert.pem')]
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  execFileSync(openssl, ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...subject], {
    stdio: 'ignore',
  })
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
}
