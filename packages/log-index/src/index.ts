export * from './log-index.ts'
export * from './errors.ts'
