export { connectElasticsearchLogSink } from './sink.ts'
export { ElasticsearchOptionsError, ElasticsearchUnavailableError } from './errors.ts'
export type { ElasticsearchConnectionOptions, ElasticsearchLogIndexOptions, ElasticsearchSinkOptions } from './options.ts'
