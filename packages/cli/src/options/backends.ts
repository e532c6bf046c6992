import { z } from 'zod'
import { commaSeparated, option, switchedOn, wholeNumber } from './option.ts'

const text = z.string().optional()
const secret = text
const list = commaSeparated()

/** What replaces the embedded stream, index and limits. Each replaces one part alone. */
export const backendOptions = {
  kafka: option({
    flag: '--kafka <brokers>',
    env: 'MILLRACE_KAFKA_BROKERS',
    description: 'streams over Kafka: host:port, separated by commas',
    schema: list,
  }),
  kafkaSasl: option({
    flag: '--kafka-sasl <mechanism>',
    env: 'MILLRACE_KAFKA_SASL',
    description: 'how Kafka is told who this is: plain, scram-sha-256, scram-sha-512 or oauthbearer',
    schema: z
      .enum(['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'], 'should be plain, scram-sha-256, scram-sha-512 or oauthbearer')
      .optional(),
  }),
  kafkaUsername: option({
    flag: '--kafka-username <name>',
    env: 'MILLRACE_KAFKA_USERNAME',
    description: 'with --kafka-sasl; with oauthbearer the id of the client',
    schema: text,
  }),
  kafkaPassword: option({
    flag: '--kafka-password <password>',
    env: 'MILLRACE_KAFKA_PASSWORD',
    description: 'with --kafka-sasl; with oauthbearer the secret of the client',
    schema: secret,
  }),
  kafkaOauthTokenUrl: option({
    flag: '--kafka-oauth-token-url <url>',
    env: 'MILLRACE_KAFKA_OAUTH_TOKEN_URL',
    description: 'with --kafka-sasl oauthbearer: where tokens are had for the id and secret of the client',
    schema: z.url({ protocol: /^https?$/, error: 'should be a URL that begins with http:// or https://' }).optional(),
  }),
  kafkaOauthScope: option({
    flag: '--kafka-oauth-scope <scope>',
    env: 'MILLRACE_KAFKA_OAUTH_SCOPE',
    description: 'with --kafka-sasl oauthbearer: scopes to ask for, separated by blanks',
    schema: text,
  }),
  kafkaTls: option({ flag: '--kafka-tls', env: 'MILLRACE_KAFKA_TLS', description: 'Kafka is reached over TLS', schema: switchedOn() }),
  kafkaCa: option({
    flag: '--kafka-ca <file>',
    env: 'MILLRACE_KAFKA_CA',
    description: 'certificates of the authorities of the brokers (PEM)',
    schema: text,
  }),
  kafkaTopicPrefix: option({
    flag: '--kafka-topic-prefix <text>',
    env: 'MILLRACE_KAFKA_TOPIC_PREFIX',
    description: 'before the name of every topic and consumer group',
    schema: text,
  }),
  kafkaReplicationFactor: option({
    flag: '--kafka-replication-factor <n>',
    env: 'MILLRACE_KAFKA_REPLICATION_FACTOR',
    description: 'of the topics that are made; without it the broker\u2019s default',
    schema: wholeNumber(1, 100).optional(),
  }),
  elasticsearch: option({
    flag: '--elasticsearch <urls>',
    env: 'MILLRACE_ELASTICSEARCH_URL',
    description: 'documents into Elasticsearch: URLs of nodes, separated by commas',
    schema: list,
  }),
  elasticsearchCloudId: option({
    flag: '--elasticsearch-cloud-id <id>',
    env: 'MILLRACE_ELASTICSEARCH_CLOUD_ID',
    description: 'instead of URLs',
    schema: text,
  }),
  elasticsearchApiKey: option({
    flag: '--elasticsearch-api-key <key>',
    env: 'MILLRACE_ELASTICSEARCH_API_KEY',
    description: 'API key, base64',
    schema: secret,
  }),
  elasticsearchUsername: option({
    flag: '--elasticsearch-username <name>',
    env: 'MILLRACE_ELASTICSEARCH_USERNAME',
    description: 'instead of an API key',
    schema: text,
  }),
  elasticsearchPassword: option({
    flag: '--elasticsearch-password <password>',
    env: 'MILLRACE_ELASTICSEARCH_PASSWORD',
    description: 'with --elasticsearch-username',
    schema: secret,
  }),
  elasticsearchCa: option({
    flag: '--elasticsearch-ca <file>',
    env: 'MILLRACE_ELASTICSEARCH_CA',
    description: 'certificates of the authorities of the nodes (PEM)',
    schema: text,
  }),
  elasticsearchTemplatePriority: option({
    flag: '--elasticsearch-template-priority <n>',
    env: 'MILLRACE_ELASTICSEARCH_TEMPLATE_PRIORITY',
    description: 'of the index template, which no other template for the same data streams may have; without it 150',
    schema: wholeNumber(101, 1_000_000).optional(),
  }),
  redis: option({
    flag: '--redis <url>',
    env: 'MILLRACE_REDIS_URL',
    description: 'limits on concurrency hold for all processes with the same Redis',
    schema: text,
  }),
} as const
