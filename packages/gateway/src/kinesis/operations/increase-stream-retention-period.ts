import { integer } from '../../aws/shape.ts'
import { KinesisError } from '../kinesis-error.ts'
import { onStream } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findDescription, type StreamReference } from '../streams/find-stream.ts'

interface Input extends StreamReference {
  readonly RetentionPeriodHours: number
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_IncreaseStreamRetentionPeriod.html */
export const increaseStreamRetentionPeriod: KinesisOperation = operation<Input>({
  name: 'IncreaseStreamRetentionPeriod',
  input: onStream({ RetentionPeriodHours: integer() }, ['RetentionPeriodHours']),
  run: async (input, { services: { streams } }) => {
    const { RetentionPeriodHours: hours } = input
    const { name, retentionHours } = await findDescription(input, streams)
    if (hours < 24 || hours > 8760) {
      throw new KinesisError('InvalidArgumentException', `The retention period must be 24 to 8760 hours, and ${hours} is not.`)
    }
    if (hours < retentionHours) {
      throw new KinesisError(
        'InvalidArgumentException',
        `Requested retention period (${hours} hours) for stream ${name} must be at least the present retention period (${retentionHours} hours).`,
      )
    }
    await streams.setRetention(name, hours)
    return undefined
  },
})
