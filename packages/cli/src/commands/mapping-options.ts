import { z } from 'zod'
import { clientOptions, outputOptions } from '../options/common.ts'
import { option, switchedOn } from '../options/option.ts'

const assignments = option({
  flag: '--set <name=value...>',
  description: 'a parameter, by its name in the reference; the value is JSON or text',
  schema: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform((given) => (given === undefined ? [] : [given].flat())),
})

export const mappingOptions = { ...outputOptions, ...clientOptions } as const

export const mappingListOptions = {
  stream: option({ flag: '--stream <name>', description: 'only of this stream', schema: z.string().optional() }),
  function: option({ flag: '--function <name>', description: 'only of this function', schema: z.string().optional() }),
  ...outputOptions,
  ...clientOptions,
} as const

export const mappingCreateOptions = {
  stream: option({ flag: '--stream <name>', description: 'the stream to read', schema: z.string().optional() }),
  kafkaTopic: option({
    flag: '--kafka-topic <name>',
    description: 'the Kafka topic to read, one that is not a stream, instead of a stream',
    schema: z.string().optional(),
  }),
  kafkaBootstrapServers: option({
    flag: '--kafka-bootstrap-servers <host:port,...>',
    description: 'brokers of that topic',
    schema: z
      .string()
      .optional()
      .transform((given) => given?.split(',').map((server) => server.trim())),
  }),
  kafkaConsumerGroup: option({
    flag: '--kafka-consumer-group <id>',
    description: "consumer group of that topic; by default one that is called like the mapping's UUID",
    schema: z.string().optional(),
  }),
  kafkaAccess: option({
    flag: '--kafka-access <type=uri...>',
    description:
      'how to sign in there: BASIC_AUTH, SASL_SCRAM_256_AUTH, SASL_SCRAM_512_AUTH or SERVER_ROOT_CA_CERTIFICATE, and env:NAME or file:/path of the secret',
    schema: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .transform((given) => (given === undefined ? [] : [given].flat())),
  }),
  function: option({ flag: '--function <name>', description: 'the function to invoke', schema: z.string('is missing') }),
  from: option({
    flag: '--from <position>',
    description: 'where to begin: TRIM_HORIZON (all that is there), LATEST, or an ISO time',
    schema: z.string(),
    default: 'TRIM_HORIZON',
  }),
  paused: option({ flag: '--paused', description: 'make it and do not begin yet', schema: switchedOn() }),
  set: assignments,
  ...outputOptions,
  ...clientOptions,
} as const

export const mappingUpdateOptions = {
  function: option({ flag: '--function <name>', description: 'another function to invoke', schema: z.string().optional() }),
  set: assignments,
  ...outputOptions,
  ...clientOptions,
} as const
