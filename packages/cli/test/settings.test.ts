import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { temporaryDirectory } from '@millrace/testing'
import { describeWithPrivate, describeWithService, elasticsearch, kafka, redis } from '@millrace/testing/services'
import { openKafkaStreams } from '@millrace/stream-kafka'
import { describe, expect, it } from 'vitest'
import { millrace, Server } from './support/millrace-process.ts'
import { SharedSystem } from './support/shared-system.ts'

/** What `millrace up` says before it gives up: one sentence or two, and the settings to look at. */
async function complaint(...args: string[]): Promise<string> {
  await using directory = await temporaryDirectory()
  const ended = await millrace(['up', '--data', directory.path, '--port', '0', ...args])
  expect(ended.code, ended.stderr).toBe(1)
  expect(ended.stdout).toBe('')
  expect(ended.stderr).toMatch(/^millrace: [^\n]+\n$/)
  return ended.stderr
}

describeWithPrivate(kafka, 'a wrong setting for Kafka', (service) => {
  it('is named: brokers, TLS, and how it is told who this is', async () => {
    const users = 'username="admin" password="secret" user_admin="secret"'
    await using broker = await service.startPrivate({
      settings: {
        'listener.security.protocol.map': 'CLIENTS:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
        'sasl.enabled.mechanisms': 'PLAIN,OAUTHBEARER',
        'sasl.mechanism.inter.broker.protocol': 'PLAIN',
        'listener.name.clients.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required ${users};`,
        // Takes tokens that nobody has signed, which is Kafka's own way for tests.
        'listener.name.clients.oauthbearer.sasl.jaas.config':
          'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="admin";',
      },
    })
    const at = ['--kafka', broker.address.brokers.join(',')]
    const as = (password: string): string[] => [...at, '--kafka-sasl', 'plain', '--kafka-username', 'admin', '--kafka-password', password]
    const wrong = await complaint(...as('wrong-one'))
    expect(wrong).toContain('refuses the credentials')
    expect(wrong).toContain('--kafka-password')
    expect(wrong).not.toContain('wrong-one')
    expect(await complaint(...at)).toContain('--kafka-sasl')
    expect(await complaint(...as('secret'), '--kafka-tls')).toContain('--kafka-tls')
    expect(await complaint(...as('secret'), '--kafka-replication-factor', '3')).toContain('--kafka-replication-factor')
    expect(await complaint('--kafka', '127.0.0.1:1')).toMatch(/127\.0\.0\.1:1.*MILLRACE_KAFKA_BROKERS/)
    // With the right ones it opens.
    const sasl = { mechanism: 'plain', username: 'admin', password: 'secret' } as const
    await (await openKafkaStreams({ brokers: broker.address.brokers, sasl })).close()

    const tokens = await tokenServer('millrace', 'secret')
    try {
      const client = ['--kafka-sasl', 'oauthbearer', '--kafka-username', 'millrace', '--kafka-password']
      const refused = await complaint(...at, ...client, 'wrong-one', '--kafka-oauth-token-url', tokens.url)
      expect(refused).toMatch(/--kafka-oauth-token-url.*401.*invalid_client/)
      expect(refused).not.toContain('wrong-one')
      await using directory = await temporaryDirectory()
      const server = await Server.start(directory.path, [...at, ...client, 'secret', '--kafka-oauth-token-url', tokens.url])
      expect(await server.kill('SIGTERM')).toMatchObject({ code: 0 })
    } finally {
      tokens.close()
    }
  }, 120_000)
})

/** Gives a client its token, as an authorization server does. */
async function tokenServer(clientId: string, clientSecret: string): Promise<{ readonly url: string; close(): void }> {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const right = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    if (request.headers.authorization !== right) {
      response.writeHead(401).end('{"error":"invalid_client"}')
      return
    }
    const now = Math.floor(Date.now() / 1000)
    const token = `${part({ alg: 'none' })}.${part({ sub: clientId, iat: now, exp: now + 600 })}.`
    response.end(JSON.stringify({ access_token: token, token_type: 'bearer', expires_in: 600 }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, close: () => server.close() }
}

describeWithService(kafka, 'a name that is taken in Kafka', ({ brokers }) =>
  describeWithService(elasticsearch, 'or in Elasticsearch', ({ url }) => {
    it('is named: a topic that is not Millrace’s, a template of the same priority', async () => {
      await using system = new SharedSystem(brokers, url)
      await using directory = await temporaryDirectory()
      const template = join(directory.path, 'template.yaml')
      await writeFile(template, 'Resources:\n  S: { Type: AWS::Kinesis::Stream, Properties: { Name: x-logs, ShardCount: 1 } }\n')
      // A topic of another layout under the name of the stream: here that of a system with a longer prefix.
      const other = await openKafkaStreams({ brokers, topicPrefix: `${system.name}-x-` })
      try {
        await other.create('logs', { shardCount: 2, retentionHours: 24 })
        const taken = await complaint(
          '--kafka',
          brokers.join(','),
          '--kafka-topic-prefix',
          `${system.name}-x-`,
          '--elasticsearch',
          'http://127.0.0.1:1',
        )
        expect(taken).toContain('MILLRACE_ELASTICSEARCH_URL')
        const foreign = await complaint('--kafka', brokers.join(','), '--kafka-topic-prefix', `${system.name}-`, '--template', template)
        expect(foreign).toContain(`${system.name}-x-logs`)
        expect(foreign).toContain('--kafka-topic-prefix (MILLRACE_KAFKA_TOPIC_PREFIX)')
      } finally {
        await other.delete('logs')
        await other.close()
      }
      const name = `other-${system.name}`
      const body = JSON.stringify({ index_patterns: [`logs-*-${system.name}`], priority: 150, data_stream: {} })
      await fetch(`${url}/_index_template/${name}`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body })
      try {
        expect(await complaint('--elasticsearch', url, '--namespace', system.name)).toContain('--elasticsearch-template-priority')
      } finally {
        await fetch(`${url}/_index_template/${name}`, { method: 'DELETE' })
      }
      expect(await complaint('--elasticsearch', url.replace('http:', 'https:'))).toContain('MILLRACE_ELASTICSEARCH_URL')
    }, 60_000)
  }),
)

describe('a wrong setting for Elasticsearch', () => {
  // The server that tests run on has no security: this one answers as it would with it.
  it.each([
    [401, ['--elasticsearch-api-key', 'd3Jvbmc6a2V5'], 'MILLRACE_ELASTICSEARCH_API_KEY'],
    [401, ['--elasticsearch-username', 'elastic', '--elasticsearch-password', 'wrong-one'], '--elasticsearch-password'],
    [401, [], '--elasticsearch-api-key'],
    [403, ['--elasticsearch-username', 'reader', '--elasticsearch-password', 'wrong-one'], '--elasticsearch-username'],
  ])('is named where it answers %i to %j', async (status, args, setting) => {
    const type = 'security_exception'
    const server = createServer((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' })
      response.end(JSON.stringify({ error: { root_cause: [{ type, reason: 'refused' }], type, reason: 'refused' }, status }))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const said = await complaint('--elasticsearch', `http://127.0.0.1:${(server.address() as AddressInfo).port}`, ...args)
    server.close()
    expect(said).toContain(setting)
    expect(said).not.toMatch(/wrong-one|d3Jvbmc6a2V5/)
  })
})

describeWithPrivate(redis, 'a wrong setting for Redis', (service) => {
  it('is named', async () => {
    await using server = await service.startPrivate({ settings: { requirepass: 'right' } })
    for (const url of [server.address.url, server.address.url.replace('redis://', 'redis://:wrong-one@')]) {
      const said = await complaint('--redis', url)
      expect(said).toContain('--redis, MILLRACE_REDIS_URL')
      expect(said).not.toContain('wrong-one')
    }
    expect(await complaint('--redis', server.address.url.replace('redis://', 'rediss://:right@'))).toContain('--redis, MILLRACE_REDIS_URL')
  }, 60_000)
})
