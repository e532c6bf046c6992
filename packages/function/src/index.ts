export * from './handler.ts'
export * from './invoker.ts'
export * from './kinesis-event.ts'
export * from './errors.ts'
