import { StreamError } from '@millrace/stream'
import type { KafkaStreamsOptions } from '../kafka-streams-options.ts'
import { describeCode } from './kafkajs-internals.ts'

/** Kafka refused a request, or could not be asked. */
export class KafkaError extends StreamError {
  readonly retryable: boolean
  /** Kafka's name for it, such as `NOT_LEADER_FOR_PARTITION`; `UNREACHABLE` where no answer came. */
  readonly type: string

  constructor(message: string, type: string, retryable: boolean, options?: ErrorOptions) {
    super(message, options)
    this.type = type
    this.retryable = retryable
  }
}

/** An option does not fit the Kafka that is there. The message names the option. */
export class KafkaConfigurationError extends StreamError {
  readonly retryable = false
  /** The options to look at. */
  readonly options: readonly (keyof KafkaStreamsOptions)[]

  constructor(message: string, options: readonly (keyof KafkaStreamsOptions)[], details?: ErrorOptions) {
    super(message, details)
    this.options = options
  }
}

/** Beyond what kafkajs holds for passing: they do pass when leaders move and brokers start. */
const passing = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'OFFSET_NOT_AVAILABLE',
  'KAFKA_STORAGE_ERROR',
  'REPLICA_NOT_AVAILABLE',
  'NOT_CONTROLLER',
  'NON_EMPTY_GROUP',
])

/** The error of a code in an answer. `what` says what was asked for. */
export function errorOfCode(code: number, what: string): KafkaError {
  const { type, retryable, message } = describeCode(code)
  return new KafkaError(`${what}: Kafka answered ${type} (${message}).`, type, retryable || passing.has(type))
}

/** Puts what kafkajs throws into an error of ours. */
export function errorOfRequest(error: unknown, address: string): StreamError {
  if (error instanceof StreamError) return error
  const { name, message, type } = error as { readonly name?: string; readonly message?: string; readonly type?: string }
  const text = (message ?? String(error)).replace(/\.$/, '')
  if (name === 'KafkaJSSASLAuthenticationError' || type === 'SASL_AUTHENTICATION_FAILED' || type === 'UNSUPPORTED_SASL_MECHANISM') {
    return new KafkaConfigurationError(`Kafka at ${address} refuses the credentials: ${text}. Check the option "sasl".`, ['sasl'], {
      cause: error,
    })
  }
  if (/self.signed|certificate|SSL routines|wrong version number|altnames|EPROTO/i.test(text)) {
    return new KafkaConfigurationError(`No TLS connection to Kafka at ${address}: ${text}. Check the option "ssl".`, ['ssl'], {
      cause: error,
    })
  }
  if (name === 'KafkaJSServerDoesNotSupportApiKey' || type === 'UNSUPPORTED_VERSION') {
    return new KafkaConfigurationError(
      `Kafka at ${address} is too old or too new: ${text}. Kafka 2.3 to 4 are known to work.`,
      ['brokers'],
      {
        cause: error,
      },
    )
  }
  return new KafkaError(`Kafka at ${address} could not be asked: ${text}.`, 'UNREACHABLE', true, { cause: error })
}
