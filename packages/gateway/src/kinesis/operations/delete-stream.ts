import { boolean } from '../../aws/shape.ts'
import { KinesisError } from '../kinesis-error.ts'
import { onStream } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findDescription, type StreamReference } from '../streams/find-stream.ts'

interface Input extends StreamReference {
  readonly EnforceConsumerDeletion?: boolean
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteStream.html */
export const deleteStream: KinesisOperation = operation<Input>({
  name: 'DeleteStream',
  input: onStream({ EnforceConsumerDeletion: boolean }),
  run: async (input, { services: { streams }, details, consumers }) => {
    const stream = await findDescription(input, streams)
    const registered = await consumers.list(stream)
    if (registered.length > 0 && input.EnforceConsumerDeletion !== true) {
      throw new KinesisError(
        'ResourceInUseException',
        `Stream ${stream.name} has registered consumers (${registered.map(({ name }) => name).join(', ')}): deregister them, or set EnforceConsumerDeletion.`,
      )
    }
    await streams.delete(stream.name)
    for (const { name } of registered) await consumers.deregister(stream, name)
    await details.delete(stream)
    return undefined
  },
})
