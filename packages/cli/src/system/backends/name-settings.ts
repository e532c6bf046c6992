import { CommandError } from '../../options/usage-error.ts'

/** Which settings of the command line stand behind an adapter's options. */
const settings: Readonly<Record<string, string>> = {
  brokers: '--kafka (MILLRACE_KAFKA_BROKERS)',
  ssl: '--kafka-tls and --kafka-ca (MILLRACE_KAFKA_TLS, MILLRACE_KAFKA_CA)',
  sasl: '--kafka-sasl, --kafka-username and --kafka-password (MILLRACE_KAFKA_SASL, …_USERNAME, …_PASSWORD)',
  topicPrefix: '--kafka-topic-prefix (MILLRACE_KAFKA_TOPIC_PREFIX)',
  registryTopic: '--kafka-topic-prefix (MILLRACE_KAFKA_TOPIC_PREFIX)',
  deadLettersTopic: '--kafka-topic-prefix (MILLRACE_KAFKA_TOPIC_PREFIX)',
  checkpointsTopic: '--kafka-topic-prefix (MILLRACE_KAFKA_TOPIC_PREFIX)',
  replicationFactor: '--kafka-replication-factor (MILLRACE_KAFKA_REPLICATION_FACTOR)',
  nodes: '--elasticsearch (MILLRACE_ELASTICSEARCH_URL)',
  cloudId: '--elasticsearch-cloud-id (MILLRACE_ELASTICSEARCH_CLOUD_ID)',
  apiKey: '--elasticsearch-api-key (MILLRACE_ELASTICSEARCH_API_KEY)',
  username: '--elasticsearch-username and --elasticsearch-password (MILLRACE_ELASTICSEARCH_USERNAME, …_PASSWORD)',
  password: '--elasticsearch-password (MILLRACE_ELASTICSEARCH_PASSWORD), or --elasticsearch-api-key',
  ca: '--elasticsearch-ca (MILLRACE_ELASTICSEARCH_CA)',
  caFingerprint: '--elasticsearch-ca (MILLRACE_ELASTICSEARCH_CA)',
  templatePriority: '--elasticsearch-template-priority (MILLRACE_ELASTICSEARCH_TEMPLATE_PRIORITY)',
  namespace: '--namespace (MILLRACE_NAMESPACE)',
  retentionDays: '--index-retention-days (MILLRACE_INDEX_RETENTION_DAYS)',
}

/** Opens a backend. An error that names options is thrown on with the settings that a user of the command line knows them by; `fallback` where it names none. */
export async function namingSettings<Opened>(fallback: string, open: () => Promise<Opened>): Promise<Opened> {
  try {
    return await open()
  } catch (error) {
    if (!(error instanceof Error) || error.name === 'UsageError') throw error
    const named = optionsOf(error)
    const found = new Set((named.length === 0 ? [fallback] : named).flatMap((option) => settings[option] ?? []))
    throw new CommandError(`${error.message}${found.size === 0 ? '' : ` Set by ${[...found].join('; ')}.`}`, { cause: error })
  }
}

function optionsOf(error: Error): readonly string[] {
  const { options, option } = error as { readonly options?: unknown; readonly option?: unknown }
  if (Array.isArray(options)) return options.filter((each) => typeof each === 'string')
  return typeof option === 'string' ? [option] : []
}
