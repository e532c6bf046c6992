import { encryptionType, keyId, onStream } from '../model/shapes.ts'
import { type KinesisOperation, operation } from '../operation.ts'
import { findDescription, type StreamReference } from '../streams/find-stream.ts'

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StopStreamEncryption.html */
export const stopStreamEncryption: KinesisOperation = operation<StreamReference>({
  name: 'StopStreamEncryption',
  input: onStream({ EncryptionType: encryptionType, KeyId: keyId }, ['EncryptionType', 'KeyId']),
  run: async (input, { services: { streams }, details }) => {
    const stream = await findDescription(input, streams)
    await details.change(stream, (before) => ({ ...before, encryptionType: 'NONE', keyId: undefined }))
    return undefined
  },
})
