export { openSqliteLogIndex } from './sqlite-log-index.ts'
export type { SqliteLogIndex } from './sqlite-log-index.ts'
export type { SqliteLogIndexOptions } from './options.ts'
export { connectSqliteLogSink } from './sink.ts'
