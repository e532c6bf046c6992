import { encryptionType, keyId, onStream } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findDescription, type StreamReference } from '../streams/find-stream.ts'
import type { StreamDetails } from '../streams/stream-details.ts'

interface Input extends StreamReference {
  readonly EncryptionType: StreamDetails['encryptionType']
  readonly KeyId: string
}

/** Kept and shown; nothing is encrypted. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StartStreamEncryption.html */
export const startStreamEncryption: KinesisOperation = operation<Input>({
  name: 'StartStreamEncryption',
  input: onStream({ EncryptionType: encryptionType, KeyId: keyId }, ['EncryptionType', 'KeyId']),
  run: async (input, { services: { streams }, details }) => {
    const stream = await findDescription(input, streams)
    const { EncryptionType, KeyId } = input
    await details.change(stream, (before) => ({ ...before, encryptionType: EncryptionType, keyId: KeyId }))
    return undefined
  },
})
