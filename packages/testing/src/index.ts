export * from './count-reporter.ts'
export * from './manual-clock.ts'
export * from './random.ts'
export * from './temporary-directory.ts'
