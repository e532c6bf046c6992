import { connectToRunning } from '../client/connect.ts'
import type { GatewayClient } from '../client/gateway-client.ts'
import { MappingClient } from '../client/mapping-client.ts'
import { runReplay } from '../client/replay-client.ts'
import type { OptionValues } from '../options/option.ts'
import { CommandError, UsageError } from '../options/usage-error.ts'
import type { mappingReplayOptions } from './mapping-replay-options.ts'
import { ReplayReport } from './replay-report.ts'

type Options = OptionValues<typeof mappingReplayOptions>

/** `millrace mapping replay STREAM`: past records of a stream through a function once more. */
export async function replayMapping(streamName: string, options: Options, signal: AbortSignal): Promise<void> {
  if ((options.function === undefined) === (options.mapping === undefined)) {
    throw new UsageError('Say which function gets the records: either --function or --mapping.')
  }
  const after = positionsOf(options.after)
  const client = await connectToRunning(options)
  const { from, until, dryRun, into, shard, concurrency, batchSize, retries, show } = options
  const request = {
    ...(await targetOf(options, client, signal)),
    from,
    to: until,
    dryRun,
    into,
    concurrency,
    retries,
    show,
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(shard.length === 0 ? {} : { shards: shard }),
    ...(after === undefined ? {} : { after }),
  }
  const report = new ReplayReport({ json: options.json, print: (line) => console.log(line), messages: process.stderr })
  try {
    for await (const event of runReplay(client, streamName, request, signal)) report.add(event)
  } catch (error) {
    report.close()
    const resumption = report.resumption()
    if (resumption !== undefined) console.error(`millrace: ${resumption}`)
    throw error
  }
  if (report.failed > 0) throw new CommandError(`${report.failed.toLocaleString('en')} records were not handled.`)
}

async function targetOf(options: Options, client: GatewayClient, signal: AbortSignal): Promise<object> {
  if (options.mapping === undefined) return { function: options.function }
  return { mapping: (await new MappingClient(client, signal).find(options.mapping)).UUID }
}

/** Of `shardId=sequenceNumber` texts. Throws `UsageError`. */
function positionsOf(texts: readonly string[]): Readonly<Record<string, string>> | undefined {
  if (texts.length === 0) return undefined
  return Object.fromEntries(
    texts.map((text) => {
      const match = /^(shardId-\d{12})=(\d+)$/.exec(text)
      if (match === null) throw new UsageError(`--after ${JSON.stringify(text)} is not shardId-000000000000=SEQUENCENUMBER.`)
      return [match[1] as string, match[2] as string]
    }),
  )
}
