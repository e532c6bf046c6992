import { integer } from '../../aws/shape.ts'
import { KinesisError } from '../kinesis-error.ts'
import { onStream } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findDescription, type StreamReference } from './find-stream.ts'

interface Input extends StreamReference {
  readonly RetentionPeriodHours: number
}

/** Changes how long a stream keeps its records, in one direction only: `bound` says what the wished period has to be, seen from the present one. */
export function retentionChange(name: string, bound: 'at least' | 'at most'): KinesisOperation {
  return operation<Input>({
    name,
    input: onStream({ RetentionPeriodHours: integer() }, ['RetentionPeriodHours']),
    run: async (input, { services: { streams } }) => {
      const { RetentionPeriodHours: hours } = input
      const { name: stream, retentionHours } = await findDescription(input, streams)
      if (hours < 24 || hours > 8760) {
        throw new KinesisError('InvalidArgumentException', `The retention period must be 24 to 8760 hours, and ${hours} is not.`)
      }
      if (bound === 'at least' ? hours < retentionHours : hours > retentionHours) {
        throw new KinesisError(
          'InvalidArgumentException',
          `Requested retention period (${hours} hours) for stream ${stream} must be ${bound} the present retention period (${retentionHours} hours).`,
        )
      }
      await streams.setRetention(stream, hours)
      return undefined
    },
  })
}
