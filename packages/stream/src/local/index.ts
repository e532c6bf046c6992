export * from './local-store.ts'
export * from './local-streams.ts'
export type { RecordsLost } from './retention.ts'
