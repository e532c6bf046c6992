export { coordinationConformance } from './coordination-conformance.ts'
export type { CoordinationFeatures, CoordinationSubject } from './subject.ts'
