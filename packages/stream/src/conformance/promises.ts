import type { Stream } from '../stream.ts'
import type { StreamSubject } from './subject.ts'

/** Promises of the contract by what they say, each with its test. */
export type Promises = Readonly<Record<string, (subject: StreamSubject) => Promise<void>>>

/** A new stream of the subject. */
export async function streamOf(subject: StreamSubject, shardCount = 1): Promise<Stream> {
  return subject.registry.create('logs', { shardCount, retentionHours: 24 })
}
