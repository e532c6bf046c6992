import { structure } from '../../aws/shape.ts'
import { type KinesisOperation, operation } from '../operation.ts'

/** What a Millrace allows is a stream's own limit: there are no accounts. */
const shardLimit = 10_000
const onDemandStreamLimit = 1000

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeLimits.html */
export const describeLimits: KinesisOperation = operation<object>({
  name: 'DescribeLimits',
  input: structure({}),
  run: async (_input, { services: { streams }, details }) => {
    const all = await streams.list()
    const modes = await Promise.all(all.map(async (stream) => (await details.recent(stream)).mode))
    return {
      ShardLimit: shardLimit,
      OpenShardCount: all.reduce((count, { shardCount }) => count + shardCount, 0),
      OnDemandStreamCount: modes.filter((mode) => mode === 'ON_DEMAND').length,
      OnDemandStreamCountLimit: onDemandStreamLimit,
    }
  },
})
