export { logIndexConformance } from './log-index-conformance.ts'
export type { IndexFactory, IndexUnderTest } from './index-under-test.ts'
