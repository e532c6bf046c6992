export { deadLetterConformance } from './dead-letter-conformance.ts'
export { streamConformance } from './stream-conformance.ts'
export type { DeadLetterSubject, StreamFeatures, StreamSubject, StreamSubjectFactory, StreamSubjectOptions } from './subject.ts'
