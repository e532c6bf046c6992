import type { PutRefused } from '@millrace/stream'
import type { WireRecord } from '../records/encode-batch.ts'

/** Records of one put for one partition: the unit that is accepted or refused as a whole. */
export interface PutSlice {
  readonly topic: string
  readonly partition: number
  readonly records: readonly WireRecord[]
  readonly bytes: number
  /** Undefined while the put may go on: once a slice of it was refused, its later ones are refused too, or a retry would change the order. */
  refused(): PutRefused | undefined
  /** False where it must wait: the shard map may be another by now. Asked when it is about to be sent. */
  mayGo?(): boolean
  /** The first record stands at the position, each further one at the next. */
  accepted(firstPosition: number, arrivalTimestamp: number): void
  refuse(refusal: PutRefused): void
}
