import { streamArn } from '@millrace/stream'
import { integer } from '../../aws/shape.ts'
import { onStream } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findDescription, type StreamReference } from '../streams/find-stream.ts'

interface Input extends StreamReference {
  readonly WarmThroughputMiBps: number
}

/** Kept and shown. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamWarmThroughput.html */
export const updateStreamWarmThroughput: KinesisOperation = operation<Input>({
  name: 'UpdateStreamWarmThroughput',
  input: onStream({ WarmThroughputMiBps: integer(0) }, ['WarmThroughputMiBps']),
  run: async (input, { services: { streams }, details }) => {
    const stream = await findDescription(input, streams)
    const warm = input.WarmThroughputMiBps
    await details.change(stream, (before) => ({ ...before, warmThroughputMiBps: warm }))
    return { StreamARN: streamArn(stream.name), StreamName: stream.name, WarmThroughput: { TargetMiBps: warm, CurrentMiBps: warm } }
  },
})
