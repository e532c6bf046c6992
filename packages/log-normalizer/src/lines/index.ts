export * from './line-splitter.ts'
export * from './stack-trace-joiner.ts'
