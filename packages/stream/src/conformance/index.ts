export { deadLetterConformance } from './dead-letter-conformance.ts'
export { resourceConformance } from './resource-conformance.ts'
export { streamConformance } from './stream-conformance.ts'
export type {
  DeadLetterSubject,
  ResourceSubject,
  StreamFeatures,
  StreamSubject,
  StreamSubjectFactory,
  StreamSubjectOptions,
} from './subject.ts'
