import type { LogSink } from '@millrace/log-index'
import { ElasticsearchSink } from './bulk/elasticsearch-sink.ts'
import { checkSinkOptions } from './check-options.ts'
import { createClient } from './create-client.ts'
import type { ElasticsearchSinkOptions } from './options.ts'
import { systemClock } from './system-clock.ts'

/**
 * The writing side alone, e.g. for a worker thread: the options are plain data (`ElasticsearchLogIndex.sinkOptions` has them). Nothing is sent before
 * the first bulk, and idle connections do not keep the thread alive. Throws `ElasticsearchOptionsError` for options that cannot be meant; a server
 * that does not go with them is a `retry` outcome with the reason.
 */
export function connectElasticsearchLogSink(options: ElasticsearchSinkOptions): LogSink {
  checkSinkOptions(options)
  return new ElasticsearchSink(createClient(options), options, systemClock)
}
